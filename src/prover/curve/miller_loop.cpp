#include "prover/curve/miller_loop.h"

#include <vector>

#include "prover/curve/fq12.h"
#include "prover/curve/frobenius.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// One pair on its way through the loop: `x`, `y`, `z` is a multiple of g2 in homogeneous
// coordinates (x / z, y / z). The steps move it on and return the line through the points added, at
// g1, times a factor of Fq2.
// Formulas: Costello, Lange, Naehrig 2010, section 5; the doubling without their halves, so
// that all three coordinates come out times 4.
class Runner {
 public:
  explicit Runner(const PointPair& pair)
      : pair_(pair), x_(pair.g2.x), y_(pair.g2.y), z_(Fq2::one()) {}

  Line double_step() {
    static const Fq2 kThreeB = G2Params::b().doubled() + G2Params::b();
    const Fq2 xx = x_.squared();
    const Fq2 b = y_.squared();
    const Fq2 e = z_.squared() * kThreeB;
    const Fq2 f = e.doubled() + e;
    const Fq2 h = (y_ * z_).doubled();
    const Line line = {-(h * pair_.g1.y), (xx.doubled() + xx) * pair_.g1.x, e - b};
    const Fq2 ee = e.squared().doubled().doubled();
    x_ = (x_ * y_).doubled() * (b - f);
    y_ = (b + f).squared() - ee.doubled() - ee;
    z_ = (b * h).doubled().doubled();
    return line;
  }

  Line add_step(const G2Affine& q) {
    const Fq2 theta = y_ - q.y * z_;
    const Fq2 lambda = x_ - q.x * z_;
    const Line line = {lambda * pair_.g1.y, -(theta * pair_.g1.x), theta * q.x - lambda * q.y};
    const Fq2 d = lambda.squared();
    const Fq2 e = lambda * d;
    const Fq2 g = x_ * d;
    const Fq2 h = e + z_ * theta.squared() - g.doubled();
    x_ = lambda * h;
    y_ = theta * (g - h) - e * y_;
    z_ = z_ * e;
    return line;
  }

  [[nodiscard]] const G2Affine& g2() const { return pair_.g2; }

 private:
  PointPair pair_;
  Fq2 x_, y_, z_;
};

constexpr auto kLoopDigits =
    non_adjacent_form<66>(field::Wide{6} * kBnParameter + 2);  // of Vercauteren's 6 x + 2

}  // namespace

// Vercauteren 2010, section IV.B, for BN curves.
Fq12 miller_loop(std::span<const PointPair> pairs) {
  std::vector<Runner> runners;
  for (const PointPair& pair : pairs) {
    if (!pair.g1.is_infinity() && !pair.g2.is_infinity()) runners.emplace_back(pair);
  }
  static_assert(kLoopDigits.back() == 1);
  Fq12 value = one_of_fq12();
  for (std::size_t i = kLoopDigits.size() - 1; i-- > 0;) {
    value = squared(value);
    for (Runner& runner : runners) {
      value = value * runner.double_step();
      if (kLoopDigits[i] == 0) continue;
      value = value * runner.add_step(kLoopDigits[i] > 0 ? runner.g2() : -runner.g2());
    }
  }
  for (Runner& runner : runners) {
    const G2Affine once = frobenius(runner.g2());
    value = value * runner.add_step(once);
    value = value * runner.add_step(-frobenius(once));
  }
  return value;
}

}  // namespace zkp::prover::curve
