#pragma once

#include "prover/curve/point.h"

namespace zkp::prover::ceremony {

template <class Point>
struct Multiplication {
  Point from, to;
};

// True if both points are multiplied by the same number, which is neither 0 nor of 0: e(from, to')
// = e(to, from'). REQUIRES: the points are in their groups.
bool same_ratio(const Multiplication<curve::G1Affine>& g1,
                const Multiplication<curve::G2Affine>& g2);

}  // namespace zkp::prover::ceremony
