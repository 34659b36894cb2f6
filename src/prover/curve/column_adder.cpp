#include "prover/curve/batch_adder.h"
#include "prover/curve/column.h"

namespace zkp::prover::curve {
namespace {

// -value if `negate`, else value; without a branch, which would be mispredicted every other time.
Fq negated_if(bool negate, const Fq& value) {
  const Fq opposite = -value;
  const std::uint64_t mask = std::uint64_t{0} - static_cast<std::uint64_t>(negate);
  Fq result;
  for (std::size_t i = 0; i < 4; ++i) {
    result.limb[i] = (value.limb[i] & ~mask) | (opposite.limb[i] & mask);
  }
  return result;
}
Fq2 negated_if(bool negate, const Fq2& value) {
  return {negated_if(negate, value.c0), negated_if(negate, value.c1)};
}

template <class Params>
class ColumnAdder final : public BatchAdder<Params> {
 public:
  using Affine = AffinePoint<Params>;
  using Coordinate = typename Params::Coordinate;

  ColumnAdder(const field::Kernels& kernels, std::size_t capacity)
      : math_(kernels, capacity),
        out_(capacity),
        x_(Math::make(capacity)),
        y_(Math::make(capacity)),
        x_other_(Math::make(capacity)),
        rise_(Math::make(capacity)),
        run_(Math::make(capacity)) {}

  void add(const Additions<Affine>& batch, const Additions<Affine>& /*next*/) override {
    count_ = 0;
    settled_.clear();
    for (std::size_t i = 0; i < batch.count; ++i) {
      const std::uint8_t opposite = batch.opposite[i];
      const Affine& a = *batch.a[i];
      const Affine& b = *batch.b[i];
      prepare(batch.out[i], {a.x, negated_if((opposite & kOppositeA) != 0, a.y)},
              {b.x, negated_if((opposite & kOppositeB) != 0, b.y)});
    }
    finish();
  }

 private:
  using Math = ColumnArithmetic<Coordinate>;
  using Column = typename Math::Column;

  // A sum that needs no slope.
  struct Settled {
    Affine* out;
    Affine sum;
  };

  void prepare(Affine* out, const Affine& a, const Affine& b) {
    Coordinate run = b.x - a.x;
    Coordinate rise = b.y - a.y;
    if (run.is_zero() || a.is_infinity() || b.is_infinity()) [[unlikely]] {
      if (settle(out, a, b)) return;
      run = a.y.doubled();
      const Coordinate square = a.x.squared();
      rise = square.doubled() + square;
    }
    const std::size_t i = count_++;
    out_[i] = out;
    Math::set(x_, i, a.x);
    Math::set(y_, i, a.y);
    Math::set(x_other_, i, b.x);
    Math::set(rise_, i, rise);
    Math::set(run_, i, run);
  }

  // False if a is doubled. REQUIRES: the same x, or an infinite point.
  bool settle(Affine* out, const Affine& a, const Affine& b) {
    if (a.is_infinity() || b.is_infinity()) {
      settled_.push_back({out, a.is_infinity() ? b : a});
    } else if (a.y != b.y) {
      settled_.push_back({out, Affine::infinity()});
    } else {
      return false;
    }
    return true;
  }

  // slope = rise / run; x3 = slope^2 - x - x_other; y3 = slope (x - x3) - y.
  void finish() {
    if (count_ > 0) {
      math_.invert(run_, count_);
      math_.multiply(rise_, rise_, run_, count_);
      math_.square(run_, rise_, count_);
      math_.subtract(run_, run_, x_, count_);
      math_.subtract(run_, run_, x_other_, count_);
      math_.subtract(x_, x_, run_, count_);
      math_.multiply(x_, x_, rise_, count_);
      math_.subtract(y_, x_, y_, count_);
    }
    for (std::size_t i = 0; i < count_; ++i) *out_[i] = {Math::get(run_, i), Math::get(y_, i)};
    for (const Settled& settled : settled_) *settled.out = settled.sum;
  }

  Math math_;
  std::size_t count_ = 0;
  std::vector<Affine*> out_;
  Column x_, y_, x_other_, rise_, run_;
  std::vector<Settled> settled_;
};

}  // namespace

template <class Params>
std::unique_ptr<BatchAdder<Params>> make_column_adder(const field::Kernels& kernels,
                                                      std::size_t capacity) {
  return std::make_unique<ColumnAdder<Params>>(kernels, capacity);
}

template std::unique_ptr<BatchAdder<G1Params>> make_column_adder(const field::Kernels&,
                                                                 std::size_t);
template std::unique_ptr<BatchAdder<G2Params>> make_column_adder(const field::Kernels&,
                                                                 std::size_t);

}  // namespace zkp::prover::curve
