#pragma once

#include "prover/curve/pairing.h"

namespace zkp::prover::curve {

// The product over all pairs of the optimal ate pairing's function, before the final
// exponentiation; the squarings are shared. Determined up to factors that the exponentiation sends
// to 1. Pairs with infinity contribute 1. REQUIRES: the points are in their groups.
Fq12 miller_loop(std::span<const PointPair> pairs);

}  // namespace zkp::prover::curve
