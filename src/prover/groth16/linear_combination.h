#pragma once

#include <span>

#include "prover/curve/point.h"

namespace zkp::prover::groth16 {

// The sum of scalars[i] * points[i], for so few points that curve::msm, which shares more but
// starts slower, does not pay. Scalars are integers below r; short ones cost less. One thread;
// variable time. REQUIRES: points.size() == scalars.size().
template <class Params>
curve::JacobianPoint<Params> linear_combination(std::span<const curve::AffinePoint<Params>> points,
                                                std::span<const field::Limbs> scalars);

}  // namespace zkp::prover::groth16
