#pragma once

#include <memory>

#include "prover/curve/addition_kernels.h"
#include "prover/curve/point.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {

// Adds a batch of affine points with one inversion. One owner, one thread at a time.
template <class Params>
class BatchAdder {
 public:
  virtual ~BatchAdder() = default;
  // `next` is what will be added next, if that is known. REQUIRES: no more additions than the
  // capacity that it was made for.
  virtual void add(const Additions<AffinePoint<Params>>& batch,
                   const Additions<AffinePoint<Params>>& next) = 0;
};

// The fastest one for these kernels, which must outlive it.
template <class Params>
std::unique_ptr<BatchAdder<Params>> make_batch_adder(const field::Kernels& kernels,
                                                     std::size_t capacity);

// The one that is made of the kernels' operations on arrays, for any CPU.
template <class Params>
std::unique_ptr<BatchAdder<Params>> make_column_adder(const field::Kernels& kernels,
                                                      std::size_t capacity);

}  // namespace zkp::prover::curve
