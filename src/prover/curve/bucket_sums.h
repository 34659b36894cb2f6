#pragma once

#include "prover/curve/affine_adder.h"
#include "prover/curve/msm_scalars.h"

namespace zkp::prover::curve {

// Entries that belong to one bucket: those from `first` on.
struct Run {
  std::uint32_t bucket, first, count;
};

// What one thread needs in order to add up buckets.
template <class Params>
class BucketAdder {
 public:
  using Affine = AffinePoint<Params>;

  explicit BucketAdder(const field::Kernels& kernels) : adder_(kernels) {}

  // sums[i] = the sum of the points of runs[i]. No run may be empty.
  void sum_runs(std::span<const Run> runs, std::span<const Entry> entries,
                std::span<const Affine> points, std::span<Affine> sums);

  // For rows of 2^log buckets each: with the buckets of a row numbered from 0, bits[k * rows + row]
  // becomes the sum of those that have bit k in their number, for k < log, and
  // bits[log * rows + row] the sum of all.
  void sum_by_bits(std::vector<Affine> buckets, std::size_t log, std::vector<Affine>& bits);

 private:
  // A run that is not yet one point: its number and how many points it still has in buffer_.
  struct Unfinished {
    std::uint32_t run, count;
  };

  void first_pass(std::span<const Run> runs, std::span<const Entry> entries,
                  std::span<const Affine> points, std::span<Affine> sums);
  void next_pass(std::span<Affine> sums);

  AffineAdder<Params> adder_;
  std::vector<Affine> buffer_, next_;
  std::vector<Unfinished> unfinished_;
};

extern template class BucketAdder<G1Params>;
extern template class BucketAdder<G2Params>;

}  // namespace zkp::prover::curve
