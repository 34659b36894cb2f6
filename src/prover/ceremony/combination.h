#pragma once

#include <vector>

#include "prover/curve/msm.h"
#include "prover/groth16/setup.h"

namespace zkp::prover::ceremony {

// Numbers of 128 random bits. Two lists of points with different sums by them are different, and
// different ones have the same sum with a probability of 2^-128.
std::vector<field::Limbs> random_weights(std::size_t count, base::Random& random);

// The sum of weights[i] * points[i].
template <class Params>
base::Result<curve::AffinePoint<Params>> combine(std::span<const curve::AffinePoint<Params>> points,
                                                 std::span<const field::Limbs> weights,
                                                 const groth16::SetupOptions& options) {
  ZKP_TRY(const curve::JacobianPoint<Params> sum,
          curve::msm(points, weights, options.kernels, {.stop = options.stop}));
  return sum.to_affine();
}

// The values of the polynomial with these coefficients at all roots of unity of their number, in
// standard form.
// REQUIRES: a power of two coefficients.
base::Result<std::vector<field::Limbs>> values_of(std::vector<field::Fr> coefficients,
                                                  const groth16::SetupOptions& options);

}  // namespace zkp::prover::ceremony
