#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "prover/curve/point.h"
#include "prover/curve/vector_pairing.h"

// Multiples of points of G1 by 128 random bits in half the doublings, by the endomorphism
// (x, y) -> (beta x, y), which multiplies by lambda (Gallant, Lambert, Vanstone 2001).
namespace zkp::prover::curve {

// first + second lambda. No two are equal modulo r: of first + second lambda = 0 the norm
// first^2 - first second + second^2 would be a multiple of r, and is below 2^130.
struct ShortScalar {
  std::uint64_t first, second;
  static ShortScalar random(base::Random& random);
  [[nodiscard]] Fr value() const;
};

// scalars[i] * points[i], and the sum of them. `vector` may be nullptr: no vectors then.
// Infinity is allowed among the points. REQUIRES: as many scalars as points.
std::vector<G1> multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                          const VectorPairing* vector);
G1 sum_of_multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                    const VectorPairing* vector);

}  // namespace zkp::prover::curve
