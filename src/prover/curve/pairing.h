#pragma once

#include <span>

#include "prover/curve/fq12.h"
#include "prover/curve/point.h"

namespace zkp::prover::curve {

struct PointPair {
  G1Affine g1;
  G2Affine g2;
};

// The product of the optimal ate pairings e(g1, g2) of all pairs, with one final exponentiation.
// Pairs with infinity contribute 1. REQUIRES: the points are in their groups.
Fq12 pairing_product(std::span<const PointPair> pairs);

}  // namespace zkp::prover::curve
