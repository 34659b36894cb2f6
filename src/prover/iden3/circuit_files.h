#pragma once

#include <stop_token>

#include "base/random.h"
#include "prover/groth16/keys.h"
#include "prover/groth16/prove.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::prover::iden3 {

// What a circuit's .r1cs and .zkey say of it.
struct CircuitFacts {
  groth16::VerifyingKey verifying;
  groth16::KeySizes sizes;
  std::uint32_t constraint_count = 0;
  std::uint32_t contribution_count = 0;  // to the key's set-up
};

struct CircuitCheckOptions {
  const field::Kernels& kernels;
  base::Random& random;
  std::stop_token stop = {};
};

// Checks that the key is whole and the circuit's: sizes, numbers below their primes, every point on
// its curve and in its subgroup, and matrices A and B with those of the constraint system (by a
// random linear combination: other matrices pass with a probability below 2^-200). What it does not
// check: that the points are what the matrices ask for (see ceremony/), C, which a key does not
// hold, and whether the set-up is secure (groth16::check_key).
// Reads both files from front to back and gives their memory back: whatever their size, it holds a
// few MiB, and 4 bytes for each thousandth wire and row. On the threads of the calling tbb arena.
// invalid_argument: what is wrong, and in which file; cancelled.
base::Result<CircuitFacts> check_circuit_files(const MappedFile& r1cs, const MappedFile& zkey,
                                               const CircuitCheckOptions& options);

}  // namespace zkp::prover::iden3
