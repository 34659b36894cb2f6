#include "prover/curve/affine_adder.h"

#include <utility>

namespace zkp::prover::curve {

template <class Params>
AffineAdder<Params>::AffineAdder(const field::Kernels& kernels)
    : math_(kernels, kCapacity),
      out_(kCapacity),
      x_(Math::make(kCapacity)),
      y_(Math::make(kCapacity)),
      x_other_(Math::make(kCapacity)),
      rise_(Math::make(kCapacity)),
      run_(Math::make(kCapacity)) {}

template <class Params>
bool AffineAdder<Params>::add_special(Affine* out, const Affine& a, const Affine& b,
                                      typename Params::Coordinate& run,
                                      typename Params::Coordinate& rise) {
  if (a.is_infinity()) {
    *out = b;
    return false;
  }
  if (b.is_infinity()) {
    *out = a;
    return false;
  }
  run = a.y + b.y;
  if (run.is_zero()) {
    *out = Affine::infinity();
    return false;
  }
  const auto square = a.x.squared();
  rise = square.doubled() + square;
  return true;
}

// slope = rise / run; x3 = slope^2 - x - x_other; y3 = slope (x - x3) - y.
template <class Params>
void AffineAdder<Params>::flush() {
  const std::size_t count = std::exchange(count_, 0);
  if (count == 0) return;
  math_.invert(run_, count);
  math_.multiply(rise_, rise_, run_, count);
  math_.square(run_, rise_, count);
  math_.subtract(run_, run_, x_, count);
  math_.subtract(run_, run_, x_other_, count);
  math_.subtract(x_, x_, run_, count);
  math_.multiply(x_, x_, rise_, count);
  math_.subtract(y_, x_, y_, count);
  for (std::size_t i = 0; i < count; ++i) *out_[i] = {Math::get(run_, i), Math::get(y_, i)};
}

template class AffineAdder<G1Params>;
template class AffineAdder<G2Params>;

}  // namespace zkp::prover::curve
