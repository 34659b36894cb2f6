#pragma once

#include <array>

#include "prover/curve/batch_adder.h"

namespace zkp::prover::curve {

// Collects additions of independent pairs of affine points to batches: about six products an
// addition. Exact for every input: equal, opposite and infinite points too. One owner, one thread
// at a time.
template <class Params>
class AffineAdder {
 public:
  using Affine = AffinePoint<Params>;

  // REQUIRES: kernels outlives this.
  explicit AffineAdder(const field::Kernels& kernels)
      : batch_adder_(make_batch_adder<Params>(kernels, kCapacity)) {}

  // *out = a + b, with -a and -b where `opposite` says so (kOppositeA, kOppositeB); at the latest
  // when flush() returns. Until then nobody may write a or b, nor read *out, also not by a further
  // addition. *out may be a point of this addition or of earlier ones.
  void add(Affine* out, const Affine& a, const Affine& b, std::uint8_t opposite = 0) {
    a_[count_] = &a;
    b_[count_] = &b;
    out_[count_] = out;
    opposite_[count_] = opposite;
    if (++count_ == kCapacity) flush();
  }

  void flush() {
    if (count_ == 0) return;
    batch_adder_->add({a_.data(), b_.data(), out_.data(), opposite_.data(), count_});
    count_ = 0;
  }

 private:
  static constexpr std::size_t kCapacity = 1024;

  std::unique_ptr<BatchAdder<Params>> batch_adder_;
  std::size_t count_ = 0;
  std::array<const Affine*, kCapacity> a_, b_;
  std::array<Affine*, kCapacity> out_;
  std::array<std::uint8_t, kCapacity> opposite_;
};

}  // namespace zkp::prover::curve
