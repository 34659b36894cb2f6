#pragma once

#include <span>
#include <vector>

#include "prover/curve/point.h"

namespace zkp::prover::curve {

// Sums of multiples of fixed points of G1, by the comb of Lim and Lee 1994: a table of 63 points
// for each, 4 KiB, made once. Of more than 64 points no tables are kept, and every sum is an msm().
// Immutable; any thread. Variable time.
class FixedSum {
 public:
  explicit FixedSum(std::span<const G1Affine> points);
  // The sum of scalars[i] * points[i]. REQUIRES: a scalar for each point.
  [[nodiscard]] G1 operator()(std::span<const Fr> scalars) const;

 private:
  std::vector<G1Affine> points_, tables_;
};

}  // namespace zkp::prover::curve
