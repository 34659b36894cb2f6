#include "services/gateway/registration.h"

#include <algorithm>

#include <fmt/format.h>

#include "prover/groth16/verify.h"
#include "prover/iden3/circuit_files.h"
#include "prover/iden3/formats.h"
#include "prover/witness/circom/wasm_module.h"
#include "services/gateway/body_reader.h"
#include "services/gateway/registered_circuit.h"
#include "services/request/task_inputs.h"

namespace zkp::services::gateway {
namespace {

using base::Error;
using base::ErrorCode;
using network::store::Circuit;
using prover::iden3::CircuitFacts;
using prover::iden3::MappedFile;

constexpr std::size_t kPieceBytes = 1 << 20;
struct Files {
  MappedFile r1cs, wasm, zkey;
};

base::Result<Files> files_of(const CircuitUpload& upload) {
  for (const auto& [name, part] : {std::pair("r1cs", &upload.r1cs), std::pair("wasm", &upload.wasm),
                                   std::pair("zkey", &upload.zkey)}) {
    if (*part) continue;
    return below(fmt::format("/{}", name),
                 {ErrorCode::invalid_argument,
                  fmt::format("part {} is missing: want r1cs, wasm and zkey", name)});
  }
  ZKP_TRY(MappedFile r1cs, upload.r1cs->map());
  ZKP_TRY(MappedFile wasm, upload.wasm->map());
  ZKP_TRY(MappedFile zkey, upload.zkey->map());
  return Files{std::move(r1cs), std::move(wasm), std::move(zkey)};
}

// Errors of the files' readers begin with the kind of the file.
Error at_part(Error error) {
  if (error.code != ErrorCode::invalid_argument) return error;
  return below(error.message.starts_with("r1cs") ? "/r1cs" : "/zkey", std::move(error));
}

// Who could have kept the secret of the set-up.
base::Result<std::string> setup_kind(const CircuitFacts& facts, bool allow_insecure) {
  const base::Status fit = prover::groth16::check_key(facts.verifying);
  if (fit.ok()) return std::string(facts.contribution_count > 0 ? "ceremony" : "development");
  const base::Status usable = prover::groth16::check_key_points(facts.verifying);
  if (usable.ok() && allow_insecure) return std::string(kInsecure);
  std::string message = fit.error().message;
  if (usable.ok()) message += "; allow_insecure_setup=true accepts it nevertheless, for tests";
  return below("/zkey", {ErrorCode::invalid_argument, std::move(message)});
}

// Within the limits that workers have unless they are told otherwise.
base::Status check_program(const MappedFile& wasm) {
  const auto bounded = prover::witness::bound_module(wasm.bytes(), {});
  wasm.forget(wasm.bytes());
  if (bounded.ok()) return {};
  Error error = bounded.error();
  error.code = ErrorCode::invalid_argument;
  return below("/wasm", std::move(error));
}

}  // namespace

base::Result<Registration> Registry::add(const CircuitUpload& upload, std::stop_token stop) {
  ZKP_TRY(const Files files, files_of(upload));
  if (upload.example) {
    const auto inputs = circom_inputs(base::as_text(upload.example->reveal()));
    if (!inputs.ok()) return below("/input", inputs.error());
  }
  ZKP_CHECK(check_program(files.wasm));
  auto facts = prover::iden3::check_circuit_files(
      files.r1cs, files.zkey, {.kernels = ports_.kernels, .random = ports_.random, .stop = stop});
  if (!facts.ok()) return at_part(std::move(facts).error());
  if (facts->verifying.public_count() > request::kMostPublicSignals) {
    return below("/zkey",
                 {ErrorCode::invalid_argument,
                  fmt::format("the circuit has {} public signals, want at most {}",
                              facts->verifying.public_count(), request::kMostPublicSignals)});
  }
  Circuit circuit;
  ZKP_TRY(circuit.setup_kind, setup_kind(*facts, upload.allow_insecure_setup));
  circuit.circuit_type = upload.name;
  circuit.verification_key_json = prover::iden3::write_verification_key_json(facts->verifying);
  circuit.constraint_count = facts->constraint_count;
  circuit.memory_bytes =
      prover::groth16::predicted_memory_bytes(facts->sizes, prover::groth16::kMostProvingThreads);
  ZKP_TRY(circuit.circuit_digest, store_file(files.r1cs, upload.r1cs->digest(), stop));
  ZKP_TRY(circuit.program_digest, store_file(files.wasm, upload.wasm->digest(), stop));
  ZKP_TRY(circuit.key_digest, store_file(files.zkey, upload.zkey->digest(), stop));
  circuit.created_at = ports_.clock.now();

  Registration registration;
  ZKP_TRY(registration.circuit, ports_.store.register_circuit(circuit));
  registration.is_new = registration.circuit.created_at == circuit.created_at;
  if (upload.example) {
    registration.trial =
        ports_.submissions.submit({.circuit_type = registration.circuit.circuit_type,
                                   .circuit = registration.circuit.id,
                                   .inputs = base::SecretBytes::copy_of(upload.example->reveal())},
                                  {});
  }
  return registration;
}

// One that is there already is not sent again.
base::Result<std::string> Registry::store_file(const MappedFile& file, const std::string& digest,
                                               const std::stop_token& stop) {
  const auto known = ports_.artifacts.size_bytes(digest);
  if (known.ok()) return digest;
  if (known.error().code != ErrorCode::not_found) return known.error();
  ZKP_TRY(const auto upload, ports_.artifacts.begin());
  base::ByteView rest = file.bytes();
  while (!rest.empty()) {
    if (stop.stop_requested()) return Error{ErrorCode::cancelled, "the gateway ends"};
    const base::ByteView piece = rest.first(std::min(rest.size(), kPieceBytes));
    ZKP_CHECK(upload->append(piece));
    file.forget(piece);
    rest = rest.subspan(piece.size());
  }
  return upload->finish();
}

}  // namespace zkp::services::gateway
