#include "prover/curve/column.h"

#include <algorithm>

namespace zkp::prover::curve {

// Montgomery's trick as a tree, so that every level is one batch: the products of the elements of
// both halves are inverted, and give back the inverse of each element by one more product.
// `scratch` has room for 2 * count.
void ColumnArithmetic<Fq>::invert_halves(Fq* values, std::size_t count, Fq* scratch) const {
  constexpr std::size_t kFew = 8;
  if (count <= kFew) {
    field::invert_batch(std::span(values, count), std::span(scratch, count));
    return;
  }
  const std::size_t half = count / 2;
  const std::size_t product_count = count - half;
  Fq* const products = scratch;
  Fq* const rest = scratch + product_count;
  Fq* const upper = values + half;
  kernels_.multiply(products, values, upper, half);
  if (count % 2 != 0) products[half] = values[count - 1];
  invert_halves(products, product_count, rest);
  kernels_.multiply(rest, products, upper, half);
  kernels_.multiply(upper, products, values, half);
  std::copy_n(rest, half, values);
  if (count % 2 != 0) values[count - 1] = products[half];
}

// Karatsuba, as in tower.h.
void ColumnArithmetic<Fq2>::multiply(Column& out, const Column& a, const Column& b,
                                     std::size_t count) {
  kernels_.multiply(low_.data(), a.c0.data(), b.c0.data(), count);
  kernels_.multiply(high_.data(), a.c1.data(), b.c1.data(), count);
  kernels_.add(sum_.data(), a.c0.data(), a.c1.data(), count);
  kernels_.add(out.c1.data(), b.c0.data(), b.c1.data(), count);
  kernels_.multiply(out.c1.data(), out.c1.data(), sum_.data(), count);
  kernels_.subtract(out.c1.data(), out.c1.data(), low_.data(), count);
  kernels_.subtract(out.c1.data(), out.c1.data(), high_.data(), count);
  kernels_.subtract(out.c0.data(), low_.data(), high_.data(), count);
}

void ColumnArithmetic<Fq2>::square(Column& out, const Column& a, std::size_t count) {
  kernels_.add(sum_.data(), a.c0.data(), a.c1.data(), count);
  kernels_.subtract(low_.data(), a.c0.data(), a.c1.data(), count);
  kernels_.multiply(high_.data(), a.c0.data(), a.c1.data(), count);
  kernels_.multiply(out.c0.data(), sum_.data(), low_.data(), count);
  kernels_.add(out.c1.data(), high_.data(), high_.data(), count);
}

// The conjugate divided by the norm; only norms are inverted, which is cheaper than the tree over
// Fq2 by two products in nine.
void ColumnArithmetic<Fq2>::invert(Column& values, std::size_t count) {
  kernels_.square(low_.data(), values.c0.data(), count);
  kernels_.square(high_.data(), values.c1.data(), count);
  kernels_.add(low_.data(), low_.data(), high_.data(), count);
  base_.invert(low_, count);
  kernels_.multiply(values.c0.data(), values.c0.data(), low_.data(), count);
  kernels_.multiply(values.c1.data(), values.c1.data(), low_.data(), count);
  std::fill_n(high_.begin(), count, Fq::zero());
  kernels_.subtract(values.c1.data(), high_.data(), values.c1.data(), count);
}

}  // namespace zkp::prover::curve
