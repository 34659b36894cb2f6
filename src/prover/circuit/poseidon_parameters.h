#pragma once

#include <array>
#include <cstddef>

#include "prover/circuit/matrix.h"

// The parameters of Poseidon over BN254 (Grassi, Khovratovich, Rechberger, Roy, Schofnegger:
// "Poseidon: A New Hash Function for Zero-Knowledge Proof Systems", USENIX Security 2021), as
// circomlib uses it: S-box x^5, 8 full rounds, half of them at each end, and partial rounds by the
// width of the state. Constants and matrix come from the paper's generator (its appendix F: an
// 80-bit Grain LFSR), so they are computed, not stored.
namespace zkp::prover::circuit {

inline constexpr std::size_t kMostPoseidonInputs = 16;
inline constexpr std::size_t kPoseidonFullRounds = 8;
// For a state of 2, 3, ... 17 elements. From circomlib's poseidon.circom.
inline constexpr std::array<std::size_t, kMostPoseidonInputs> kPoseidonPartialRounds = {
    56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68};

// All for one width t. Each round adds its constants to the state, raises all of it (a full round)
// or its first element (a partial one) to the fifth power, and multiplies it by the matrix.
struct PoseidonParameters {
  std::size_t width;
  std::size_t partial_rounds;
  std::vector<Vector> constants;  // per round, t each
  Matrix matrix;
};

// REQUIRES: 1 <= input_count <= 16. Computed on first use, some milliseconds, then kept. Any
// thread.
const PoseidonParameters& poseidon_parameters(std::size_t input_count);

}  // namespace zkp::prover::circuit
