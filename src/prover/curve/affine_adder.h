#pragma once

#include <array>

#include "prover/curve/column.h"
#include "prover/curve/point.h"

namespace zkp::prover::curve {

// -value if `negate`, else value; without a branch, which would be mispredicted every other time.
inline Fq negated_if(bool negate, const Fq& value) {
  const Fq opposite = -value;
  const std::uint64_t mask = std::uint64_t{0} - static_cast<std::uint64_t>(negate);
  Fq result;
  for (std::size_t i = 0; i < 4; ++i) {
    result.limb[i] = (value.limb[i] & ~mask) | (opposite.limb[i] & mask);
  }
  return result;
}
inline Fq2 negated_if(bool negate, const Fq2& value) {
  return {negated_if(negate, value.c0), negated_if(negate, value.c1)};
}

// -point if `opposite`, else point; without a branch.
template <class Params>
AffinePoint<Params> opposite_if(bool opposite, const AffinePoint<Params>& point) {
  return {point.x, negated_if(opposite, point.y)};
}

// Adds many independent pairs of affine points with one inversion for all of a batch: about six
// products an addition. Exact for every input: equal, opposite and infinite points too.
// One owner, one thread at a time.
template <class Params>
class AffineAdder {
 public:
  using Affine = AffinePoint<Params>;

  // REQUIRES: kernels outlives this.
  explicit AffineAdder(const field::Kernels& kernels);

  // *out = a + b, at the latest when flush() returns. Until then nobody may read *out; it may be
  // written at once, so it may be a or b, or memory that is no longer needed.
  void add(Affine* out, const Affine& a, const Affine& b) {
    using Coordinate = typename Params::Coordinate;
    Coordinate run = b.x - a.x;
    Coordinate rise = b.y - a.y;
    if (run.is_zero() || a.is_infinity() || b.is_infinity()) [[unlikely]] {
      if (!add_special(out, a, b, run, rise)) return;
    }
    const std::size_t i = count_++;
    out_[i] = out;
    Math::set(x_, i, a.x);
    Math::set(y_, i, a.y);
    Math::set(x_other_, i, b.x);
    Math::set(rise_, i, rise);
    Math::set(run_, i, run);
    if (count_ == kCapacity) flush();
  }
  void flush();

 private:
  using Math = ColumnArithmetic<typename Params::Coordinate>;
  using Column = typename Math::Column;

  static constexpr std::size_t kCapacity = 1024;

  // The slope of a doubling as rise / run, or false after writing a sum that needs no slope.
  static bool add_special(Affine* out, const Affine& a, const Affine& b,
                          typename Params::Coordinate& run, typename Params::Coordinate& rise);

  Math math_;
  std::size_t count_ = 0;
  std::vector<Affine*> out_;
  Column x_, y_, x_other_, rise_, run_;
};

extern template class AffineAdder<G1Params>;
extern template class AffineAdder<G2Params>;

}  // namespace zkp::prover::curve
