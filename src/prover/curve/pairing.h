#pragma once

#include <span>

#include "prover/curve/point.h"

namespace zkp::prover::curve {

struct Fq6 {
  Fq2 c0, c1, c2;
  friend constexpr bool operator==(const Fq6&, const Fq6&) = default;
};
// An element of the target group's field.
struct Fq12 {
  Fq6 c0, c1;
  friend constexpr bool operator==(const Fq12&, const Fq12&) = default;
  [[nodiscard]] bool is_one() const;
};

struct PointPair {
  G1Affine g1;
  G2Affine g2;
};

// The product of the optimal ate pairings e(g1, g2) of all pairs, with one final exponentiation.
// Pairs with infinity contribute 1. REQUIRES: the points are in their groups.
Fq12 pairing_product(std::span<const PointPair> pairs);

}  // namespace zkp::prover::curve
