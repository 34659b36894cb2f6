#pragma once

#include <span>
#include <stop_token>

#include "base/result.h"
#include "prover/curve/point.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {

// points[i] becomes factor * points[i], with one factor for all: what a contribution to a key
// needs. Points may be infinity, equal or opposite. On the threads of the calling tbb arena.
// Variable time. Error `cancelled` soon after a stop is asked for; the points are then undefined.
// REQUIRES: the points are on the curve.
base::Status scale(std::span<G1Affine> points, const Fr& factor, const field::Kernels& kernels,
                   std::stop_token stop = {});

}  // namespace zkp::prover::curve
