#include "prover/circuit/family.h"

#include <algorithm>

namespace zkp::prover::circuit {

Wire CircuitInputs::next(WireKind kind) {
  if (!builder_.has_values()) return builder_.add_wire(kind, Fr::zero());
  ZKP_ASSERT(taken_ < values_.size());
  return builder_.add_wire(kind, values_[taken_++]);
}

std::vector<Linear> CircuitInputs::next(WireKind kind, std::size_t count) {
  std::vector<Linear> wires;
  wires.reserve(count);
  for (std::size_t i = 0; i < count; ++i) wires.push_back(next(kind));
  return wires;
}

base::SecretVector<Fr> joined(std::initializer_list<std::span<const Fr>> parts) {
  std::size_t size = 0;
  for (const std::span<const Fr> part : parts) size += part.size();
  base::SecretVector<Fr> result(size);
  auto end = result.reveal_mutable().begin();
  for (const std::span<const Fr> part : parts) end = std::ranges::copy(part, end).out;
  return result;
}

}  // namespace zkp::prover::circuit
