#pragma once

#include <vector>

#include "prover/curve/tower.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {

// Arithmetic on columns: arrays of coordinates in the form that the kernels take. All functions
// work on the first `count` elements; `out` may be an input. One owner, one thread at a time.
template <class Coordinate>
class ColumnArithmetic;

template <>
class ColumnArithmetic<Fq> {
 public:
  using Column = std::vector<Fq>;

  // REQUIRES: kernels outlives this.
  ColumnArithmetic(const field::Kernels& kernels, std::size_t capacity)
      : kernels_(field::kernels_for<Fq>(kernels)), scratch_(2 * capacity) {}

  static Column make(std::size_t capacity) { return Column(capacity); }
  static Fq get(const Column& column, std::size_t i) { return column[i]; }
  static void set(Column& column, std::size_t i, const Fq& value) { column[i] = value; }

  void subtract(Column& out, const Column& a, const Column& b, std::size_t count) const {
    kernels_.subtract(out.data(), a.data(), b.data(), count);
  }
  void multiply(Column& out, const Column& a, const Column& b, std::size_t count) const {
    kernels_.multiply(out.data(), a.data(), b.data(), count);
  }
  void square(Column& out, const Column& a, std::size_t count) const {
    kernels_.square(out.data(), a.data(), count);
  }
  // Every element becomes its inverse: three products each and one inversion. REQUIRES: none is 0.
  void invert(Column& values, std::size_t count) {
    invert_halves(values.data(), count, scratch_.data());
  }

 private:
  void invert_halves(Fq* values, std::size_t count, Fq* scratch) const;

  const field::FieldKernels<Fq>& kernels_;
  Column scratch_;
};

template <>
class ColumnArithmetic<Fq2> {
 public:
  struct Column {
    std::vector<Fq> c0, c1;
  };

  ColumnArithmetic(const field::Kernels& kernels, std::size_t capacity)
      : kernels_(field::kernels_for<Fq>(kernels)),
        base_(kernels, capacity),
        low_(capacity),
        high_(capacity),
        sum_(capacity) {}

  static Column make(std::size_t capacity) {
    return {std::vector<Fq>(capacity), std::vector<Fq>(capacity)};
  }
  static Fq2 get(const Column& column, std::size_t i) { return {column.c0[i], column.c1[i]}; }
  static void set(Column& column, std::size_t i, const Fq2& value) {
    column.c0[i] = value.c0;
    column.c1[i] = value.c1;
  }

  void subtract(Column& out, const Column& a, const Column& b, std::size_t count) const {
    base_.subtract(out.c0, a.c0, b.c0, count);
    base_.subtract(out.c1, a.c1, b.c1, count);
  }
  void multiply(Column& out, const Column& a, const Column& b, std::size_t count);
  void square(Column& out, const Column& a, std::size_t count);
  // REQUIRES: none is 0.
  void invert(Column& values, std::size_t count);

 private:
  const field::FieldKernels<Fq>& kernels_;
  ColumnArithmetic<Fq> base_;
  std::vector<Fq> low_, high_, sum_;
};

}  // namespace zkp::prover::curve
