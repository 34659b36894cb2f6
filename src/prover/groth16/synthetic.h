#pragma once

#include "prover/circuit/constraint_system.h"

namespace zkp::prover::groth16 {

// A constraint system of any size with a witness that satisfies it, for benchmarks and tests: the
// chain x_{i+2} = x_{i+1} * (x_{i+1} + x_i). Its values are as good as random over all of Fr, which
// is the most work for a prover. The last one is the only public signal.
struct SyntheticCircuit {
  circuit::ConstraintSystem system;
  circuit::Witness witness;
};

// Of `constraint_count` constraints; the same seed gives the same circuit and witness.
// REQUIRES: 0 < constraint_count < 2^31.
SyntheticCircuit synthetic_circuit(std::size_t constraint_count, std::uint64_t seed);

}  // namespace zkp::prover::groth16
