#pragma once

#include <span>

#include "prover/circuit/builder.h"
#include "prover/circuit/poseidon_parameters.h"

// Poseidon, compatible with circomlib: outside of a circuit and in one.
namespace zkp::prover::circuit {

// The hash of 1 to 16 elements: the first element of the permuted state (0, inputs).
Fr poseidon_hash(std::span<const Fr> inputs);

// How many constraints (and new wires) one hash in a circuit takes: three for each S-box but the
// very first, which works on a constant. 240 for two inputs.
constexpr std::size_t poseidon_constraint_count(std::size_t input_count) {
  return 3 *
         (kPoseidonFullRounds * (input_count + 1) + kPoseidonPartialRounds[input_count - 1] - 1);
}

// The hash as a wire of this kind. Inputs that are all constant give a constant and take no
// constraint. REQUIRES: 1 to 16 inputs; for another kind than inner, not all constant.
Linear poseidon(Builder& builder, std::span<const Linear> inputs, WireKind kind = WireKind::inner);

}  // namespace zkp::prover::circuit
