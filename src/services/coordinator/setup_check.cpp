#include "services/coordinator/setup_check.h"

#include <fmt/format.h>

#include "base/sha256.h"
#include "prover/circuit/catalogue.h"
#include "prover/groth16/setup.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"

namespace zkp::services::coordinator {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using prover::circuit::ConstraintSystem;

constexpr std::uint64_t kMostKeyBytes = std::uint64_t{2} << 30;
constexpr std::size_t kPieceBytes = 1 << 20;

Error unfit(std::string message) { return {ErrorCode::failed_precondition, std::move(message)}; }

Result<base::Bytes> read_file(const std::string& digest, network::store::ArtifactStore& artifacts) {
  ZKP_TRY(const std::uint64_t size, artifacts.size_bytes(digest));
  if (size > kMostKeyBytes) return unfit(fmt::format("the file has {} bytes", size));
  base::Bytes file;
  file.reserve(size);
  while (file.size() < size) {
    ZKP_TRY(const base::Bytes piece, artifacts.read(digest, file.size(), kPieceBytes));
    if (piece.empty()) return Error{ErrorCode::data_loss, "the file is shorter than its size"};
    file.insert(file.end(), piece.begin(), piece.end());
  }
  return file;
}

base::Status check_sizes(const prover::groth16::KeySizes& sizes, const ConstraintSystem& system) {
  ZKP_TRY(const std::uint32_t domain_log, prover::groth16::domain_log_of(system));
  if (sizes.wire_count != system.wire_count || sizes.public_count != system.public_count() ||
      sizes.domain_size != std::uint64_t{1} << domain_log) {
    return unfit("the key is of another circuit");
  }
  return {};
}

}  // namespace

Result<network::store::Circuit> check_setup(const network::task::CircuitId& circuit,
                                            const std::string& r1cs_digest,
                                            const std::string& zkey_digest,
                                            network::store::ArtifactStore& artifacts) {
  ZKP_TRY(const auto shape, prover::circuit::Shape::parse(circuit.value));
  ZKP_TRY(const ConstraintSystem system, prover::circuit::build(shape));
  if (r1cs_digest != base::digest_name(base::sha256(prover::iden3::write_r1cs(system)))) {
    return unfit("the constraint system is not this circuit's");
  }
  ZKP_CHECK(artifacts.size_bytes(r1cs_digest));
  ZKP_TRY(const base::Bytes zkey, read_file(zkey_digest, artifacts));
  ZKP_TRY(const auto sizes, prover::iden3::read_zkey_sizes(zkey));
  ZKP_CHECK(check_sizes(sizes, system));
  ZKP_TRY(const auto key, prover::iden3::read_zkey_verifying_key(zkey));
  if (key.public_count() != system.public_count()) return unfit("the key is of another circuit");
  ZKP_CHECK(prover::groth16::check_key(key));
  network::store::Circuit record;
  record.id = circuit;
  record.circuit_type = shape.circuit_type;
  record.ready = true;
  record.circuit_digest = r1cs_digest;
  record.key_digest = zkey_digest;
  record.verification_key_json = prover::iden3::write_verification_key_json(key);
  record.setup_kind = "development";
  record.constraint_count = system.constraint_count();
  record.memory_bytes =
      prover::groth16::predicted_memory_bytes(sizes, prover::groth16::kMostProvingThreads);
  return record;
}

}  // namespace zkp::services::coordinator
