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
  [[gnu::always_inline]] void add(Affine* out, const Affine& a, const Affine& b,
                                  std::uint8_t opposite = 0) {
    Batch& batch = batches_[collecting_];
    batch.a[batch.count] = &a;
    batch.b[batch.count] = &b;
    batch.out[batch.count] = out;
    batch.opposite[batch.count] = opposite;
    if (++batch.count == kCapacity) advance();
  }

  void flush() {
    advance();
    advance();
  }

 private:
  static constexpr std::size_t kCapacity = 512;

  struct Batch {
    std::size_t count = 0;
    std::array<const Affine*, kCapacity> a, b;
    std::array<Affine*, kCapacity> out;
    std::array<std::uint8_t, kCapacity> opposite;

    [[nodiscard]] Additions<Affine> additions() const {
      return {a.data(), b.data(), out.data(), opposite.data(), count};
    }
  };

  // Adds the batch that waits, while the points of the one that was collected are fetched.
  [[gnu::noinline]] void advance() {
    Batch& waiting = batches_[1 - collecting_];
    if (waiting.count > 0) {
      batch_adder_->add(waiting.additions(), batches_[collecting_].additions());
      waiting.count = 0;
    }
    collecting_ = 1 - collecting_;
  }

  std::unique_ptr<BatchAdder<Params>> batch_adder_;
  std::size_t collecting_ = 0;
  std::array<Batch, 2> batches_;
};

}  // namespace zkp::prover::curve
