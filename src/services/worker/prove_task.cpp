#include "services/worker/prove_task.h"

#include <chrono>
#include <new>
#include <optional>

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "prover/circuit/catalogue.h"
#include "prover/groth16/prove.h"
#include "prover/iden3/formats.h"
#include "services/request/inputs_json.h"

namespace zkp::services::worker {
namespace {

using base::Error;
using base::ErrorCode;
using network::task::FailureCode;

// Runs `work` on so many threads; a lack of memory becomes an error.
template <class Work>
auto run_on(unsigned threads, const Work& work) -> decltype(work()) {
  try {
    tbb::task_arena arena(static_cast<int>(threads));
    std::optional<decltype(work())> result;
    arena.execute([&] { result.emplace(work()); });
    return *std::move(result);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::resource_exhausted,
                 "the worker has not enough memory for this circuit"};
  }
}

class Stopwatch {
 public:
  double lap_ms() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

base::Result<prover::circuit::Witness> solve_inputs(const std::string& circuit_id,
                                                    base::ByteView inputs_bytes) {
  ZKP_TRY(const auto shape, prover::circuit::Shape::parse(circuit_id));
  ZKP_TRY(const auto inputs, request::parse_inputs(inputs_bytes));
  ZKP_TRY(const auto wanted, prover::circuit::shape_of(shape.circuit_type, inputs));
  if (!(wanted == shape)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("the inputs are of {}, the task is of {}", wanted.id(), circuit_id)};
  }
  return prover::circuit::solve(shape, inputs);
}

}  // namespace

base::Result<FinishedProof> prove_task(const std::string& circuit_id, base::ByteView inputs,
                                       const prover::groth16::ProvingKey& key,
                                       const ProverParts& parts, std::stop_token stop,
                                       const prover::groth16::Progress& progress) {
  return run_on(parts.threads, [&]() -> base::Result<FinishedProof> {
    Stopwatch watch;
    FinishedProof finished;
    ZKP_TRY(const auto witness, solve_inputs(circuit_id, inputs));
    finished.witness_ms = watch.lap_ms();
    ZKP_TRY(const auto proof, prover::groth16::prove(key, witness,
                                                     {.kernels = parts.kernels,
                                                      .random = parts.random,
                                                      .stop = stop,
                                                      .progress = progress}));
    ZKP_TRY(const auto signals, prover::groth16::public_signals_of(key, witness));
    finished.prove_ms = watch.lap_ms();
    finished.proof = {.proof_json = prover::iden3::write_proof_json(proof),
                      .public_signals_json = prover::iden3::write_public_json(signals)};
    return finished;
  });
}

network::task::Failure failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return {FailureCode::invalid_input, error.message};
    case ErrorCode::failed_precondition:
      return {FailureCode::unsatisfied, error.message};
    case ErrorCode::resource_exhausted:
      return {FailureCode::out_of_memory, error.message};
    default:
      return {FailureCode::internal, error.message};
  }
}

base::Result<SetupFiles> make_key(const std::string& circuit_id, const ProverParts& parts,
                                  std::stop_token stop) {
  return run_on(parts.threads, [&]() -> base::Result<SetupFiles> {
    ZKP_TRY(const auto shape, prover::circuit::Shape::parse(circuit_id));
    ZKP_TRY(const auto system, prover::circuit::build(shape));
    ZKP_TRY(auto key,
            prover::groth16::setup(
                system, {.kernels = parts.kernels, .random = parts.random, .stop = stop}));
    key.contributions = prover::iden3::initial_contributions(key);
    return SetupFiles{.r1cs = prover::iden3::write_r1cs(system),
                      .zkey = prover::iden3::write_zkey(key)};
  });
}

}  // namespace zkp::services::worker
