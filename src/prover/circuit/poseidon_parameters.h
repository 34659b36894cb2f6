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

// All for one width. Immutable once made; any thread may read it.
//
// The partial rounds are kept in a form whose linear layer takes 2 t - 1 products instead of t^2
// (after the paper's appendix B). Write the matrix M as [[m, v], [w, N]] with m a single element.
// In the coordinates sigma_k = N^-k (s_k - d_k) of the state's other elements s before partial
// round k, where d_k gathers the constants, a round is
//   z = x^5,  x' = m z + v N^k . sigma + kappa_k,  sigma' = sigma + N^-(k+1) w z.
struct PoseidonParameters {
  std::size_t width;              // t
  std::size_t partial_rounds;     // P
  std::vector<Vector> constants;  // per round, t each, added before the S-boxes
  Matrix matrix;                  // M: state' = M * state
  std::vector<Vector> row;        // per partial round: v N^k, t - 1 each
  std::vector<Vector> column;     // per partial round: N^-(k+1) w, t - 1 each
  Vector kappa;                   // per partial round; holds the next round's constant of element 0
  Matrix dense;                   // N^P: back to the true coordinates after the last partial round
  Vector dense_constant;          // d_P, which includes the constants of the round that follows
};

// The parts of M: v, w and N above.
struct SplitMatrix {
  Vector top, left;
  Matrix rest;
};
SplitMatrix split(const Matrix& matrix);

// REQUIRES: 1 <= input_count <= 16. Computed on first use, some milliseconds, then kept.
const PoseidonParameters& poseidon_parameters(std::size_t input_count);

}  // namespace zkp::prover::circuit
