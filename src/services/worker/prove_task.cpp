#include "services/worker/prove_task.h"

#include <optional>

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "prover/circuit/catalogue.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/setup.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "services/request/inputs_json.h"
#include "services/request/task_inputs.h"

namespace zkp::services::worker {
namespace {

using base::Error;
using base::ErrorCode;
using network::task::FailureCode;

// Runs `work` on so many threads.
template <class Work>
auto run_on(unsigned threads, const Work& work) -> decltype(work()) {
  tbb::task_arena arena(static_cast<int>(threads));
  std::optional<decltype(work())> result;
  arena.execute([&] { result.emplace(work()); });
  return *std::move(result);
}

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

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::queued:
      return "queued";
    case Stage::key:
      return "key";
    case Stage::program:
      return "program";
    case Stage::witness:
      return "witness";
    case Stage::proof:
      return "proof";
  }
  ZKP_ASSERT(false);
}

base::Result<prover::circuit::Witness> find_witness(const Statement& statement,
                                                    const prover::witness::Limits& limits,
                                                    std::stop_token stop) {
  if (request::is_witness(statement.inputs)) return prover::iden3::read_wtns(statement.inputs);
  if (statement.program == nullptr) return solve_inputs(statement.circuit_id, statement.inputs);
  ZKP_TRY(const auto inputs, prover::witness::read_inputs_json(base::as_text(statement.inputs)));
  return prover::witness::calculate(*statement.program, inputs,
                                    {.limits = limits, .stop = std::move(stop)});
}

base::Result<network::task::Proof> prove_statement(const Statement& statement,
                                                   const prover::circuit::Witness& witness,
                                                   const LoadedKey& key, const ProverParts& parts,
                                                   std::stop_token stop,
                                                   const prover::groth16::Progress& progress) {
  const bool is_clients = request::is_witness(statement.inputs);
  if (witness.size() != key.proving.wire_count) {
    return Error{is_clients ? ErrorCode::invalid_argument : ErrorCode::internal,
                 fmt::format("the witness has {} values, the circuit {} wires", witness.size(),
                             key.proving.wire_count)};
  }
  return run_on(parts.threads, [&]() -> base::Result<network::task::Proof> {
    ZKP_TRY(const auto proof, prover::groth16::prove(key.proving, witness,
                                                     {.kernels = parts.kernels,
                                                      .random = parts.random,
                                                      .stop = stop,
                                                      .progress = progress}));
    ZKP_TRY(const auto signals, prover::groth16::public_signals_of(key.proving, witness));
    if (!prover::groth16::verify(key.verifying, signals, proof).valid) {
      if (is_clients) {
        return Error{ErrorCode::failed_precondition, "the witness does not satisfy the circuit"};
      }
      return Error{ErrorCode::internal,
                   "the proof does not verify: the key, the constraint system and the witness "
                   "program are not of one circuit"};
    }
    return network::task::Proof{.proof_json = prover::iden3::write_proof_json(proof),
                                .public_signals_json = prover::iden3::write_public_json(signals)};
  });
}

network::task::Failure failure_of(const Error& error, Stage stage) {
  const bool of_inputs = stage == Stage::witness || stage == Stage::proof;
  switch (error.code) {
    case ErrorCode::resource_exhausted:
      return {FailureCode::out_of_memory, error.message};
    case ErrorCode::invalid_argument:
      if (of_inputs) return {FailureCode::invalid_input, error.message};
      break;
    case ErrorCode::failed_precondition:
      if (of_inputs) return {FailureCode::unsatisfied, error.message};
      if (stage == Stage::program) return {FailureCode::witness_error, error.message};
      break;
    default:
      if (stage == Stage::witness) return {FailureCode::witness_error, error.message};
      break;
  }
  return {FailureCode::internal, error.message};
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
