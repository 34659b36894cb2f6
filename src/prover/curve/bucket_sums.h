#pragma once

#include "prover/curve/affine_adder.h"
#include "prover/curve/msm_scalars.h"

namespace zkp::prover::curve {

// What one thread needs in order to add up buckets.
template <class Params>
class BucketAdder {
 public:
  using Affine = AffinePoint<Params>;

  explicit BucketAdder(const field::Kernels& kernels) : adder_(kernels) {}

  // Adds the points of entries[start[i]] to entries[start[i + 1] - 1] to buckets[i]. REQUIRES: one
  // more number in `start` than buckets.
  void add_entries(std::span<const std::uint32_t> start, std::span<const Entry> entries,
                   std::span<const Affine> points, std::span<Affine> buckets);

  // For rows of 2^log buckets each: with the buckets of a row numbered from 0, bits[k * rows + row]
  // becomes the sum of those that have bit k in their number, for k < log, and
  // bits[log * rows + row] the sum of all.
  void sum_by_bits(std::span<const Affine> buckets, std::size_t log, std::vector<Affine>& bits);

 private:
  // What of a bucket's entries is not yet added up: so many points of buffer_.
  struct Unfinished {
    std::uint32_t bucket, count;
  };

  void add_pairs(std::span<const std::uint32_t> start, std::span<const Entry> entries,
                 std::span<const Affine> points);
  void add_pairs_of_buffer();

  AffineAdder<Params> adder_;
  std::vector<Affine> buffer_, next_;
  std::size_t left_ = 0;  // points in buffer_
  std::vector<Unfinished> unfinished_;
};

extern template class BucketAdder<G1Params>;
extern template class BucketAdder<G2Params>;

}  // namespace zkp::prover::curve
