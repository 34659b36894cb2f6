#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "prover/curve/point.h"
#include "prover/field/kernels.h"

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

// scalars[i] * points[i]. REQUIRES: as many scalars as points; infinity is not among them.
std::vector<G1> multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                          const field::Kernels& kernels);

}  // namespace zkp::prover::curve
