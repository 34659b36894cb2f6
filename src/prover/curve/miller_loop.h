#pragma once

#include <span>
#include <vector>

#include "prover/curve/pairing.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {

// The lines of the loop for a point of G2, made once where many pairs have it. Each divided by its
// constant, so that at (x, y) of G1 it is 1 + slope x / y w + offset / y w^3.
struct PreparedG2 {
  std::vector<MonicLine> lines;
};
// REQUIRES: the point is in G2.
PreparedG2 prepare(const G2Affine& point);

struct PreparedPair {
  G1 g1;
  const PreparedG2* g2;
};

struct MillerLoop {
  // Determined up to factors that the final exponentiation sends to 1.
  Fq12 value;
  // Whether every g2 of `pairs` is in its group, but for those that infinity is paired with.
  bool g2_in_subgroup;
};

// The product over all pairs of the optimal ate pairing's function, before the final
// exponentiation; the squarings are shared. Pairs with infinity contribute 1. That the points of
// `pairs` are in G2 comes out by the way. REQUIRES: all points are on their curves.
MillerLoop miller_loop(std::span<const PointPair> pairs,
                       std::span<const PreparedPair> prepared = {});

// The same for many pairs: in the lanes of vectors, if the kernels have any.
MillerLoop miller_loop_of_many(std::span<const PointPair> pairs, const field::Kernels& kernels);

}  // namespace zkp::prover::curve
