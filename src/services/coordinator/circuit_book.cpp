#include "services/coordinator/circuit_book.h"

#include <fmt/format.h>

#include "prover/iden3/formats.h"

namespace zkp::services::coordinator {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMostKept = 1024;

Result<ReadyCircuit> read(network::store::Circuit circuit) {
  const Error damaged{ErrorCode::data_loss,
                      fmt::format("circuit {}: its record is damaged", circuit.id.value)};
  std::optional<prover::circuit::Shape> shape;
  if (circuit.version == 0) {
    auto parsed = prover::circuit::Shape::parse(circuit.id.value);
    if (!parsed.ok()) return damaged;
    shape = *std::move(parsed);
  }
  auto key = prover::iden3::read_verification_key_json(circuit.verification_key_json);
  if (!key.ok()) return damaged;
  return ReadyCircuit{std::move(circuit), std::move(shape),
                      prover::groth16::PreparedVerifyingKey(*std::move(key))};
}

}  // namespace

Result<std::shared_ptr<const ReadyCircuit>> CircuitBook::find(const network::task::CircuitId& id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = circuits_.find(id); found != circuits_.end()) return found->second;
  }
  ZKP_TRY(network::store::Circuit circuit, store_.find_circuit(id));
  if (!circuit.ready) {
    return Error{ErrorCode::not_found, fmt::format("circuit {} has no key", id.value)};
  }
  ZKP_TRY(ReadyCircuit ready, read(std::move(circuit)));
  auto kept = std::make_shared<const ReadyCircuit>(std::move(ready));
  const std::lock_guard lock(mutex_);
  if (circuits_.size() >= kMostKept) circuits_.erase(circuits_.begin());
  circuits_[id] = kept;
  return kept;
}

}  // namespace zkp::services::coordinator
