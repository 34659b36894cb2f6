#pragma once

#include <span>
#include <stop_token>

#include "base/random.h"
#include "base/result.h"
#include "prover/curve/point.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {

struct MsmOptions {
  std::stop_token stop = {};
  std::size_t window_bits = 0;  // 2 to 20, for measurements; 0 for what the cost model chooses
};

// The sum of scalars[i] * points[i] (multi-scalar multiplication). Scalars are integers below r, in
// standard form (not Montgomery), as a .wtns file holds them. Points may be infinity, equal or
// opposite. Runs on the threads of the calling tbb arena. Error `cancelled` soon (well under 100
// ms) after a stop is asked for. REQUIRES: points.size() == scalars.size().
base::Result<G1> msm(std::span<const G1Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, const MsmOptions& options = {});
base::Result<G2> msm(std::span<const G2Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, const MsmOptions& options = {});

// True if every point is in its subgroup; wrong with a probability of 2^-130 at most. Much faster
// than one by one. REQUIRES: the points are on their curve.
base::Result<bool> all_in_subgroup(std::span<const G2Affine> points, base::Random& random,
                                   const field::Kernels& kernels, std::stop_token stop = {});

// What the cost model says of such a sum of finite points: the width of its windows, the additions
// of points, and how long it takes as a number of additions.
struct MsmPlan {
  std::size_t window_bits;
  double additions, cost;
};
MsmPlan plan_msm(std::span<const field::Limbs> scalars, std::size_t window_bits = 0);

// The memory that msm() takes for so many points with scalars of full size, beside them and what
// each thread has.
template <class Params>
std::uint64_t msm_memory_bytes(std::size_t point_count);

// out[i] = scalars[i] * base for one fixed base (Montgomery-form scalars), by a table of multiples:
// what a set-up needs.
base::Result<std::vector<G1Affine>> multiply_fixed_base(const G1Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels& kernels,
                                                        std::stop_token stop = {});
base::Result<std::vector<G2Affine>> multiply_fixed_base(const G2Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels& kernels,
                                                        std::stop_token stop = {});

}  // namespace zkp::prover::curve
