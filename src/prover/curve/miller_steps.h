#pragma once

#include <cstddef>

#include "prover/curve/extension.h"

// The steps of the Miller loop over any implementation of Fq2. Includes no more than extension.h
// does.
namespace zkp::prover::curve {

// A multiple of a point of the twist, in homogeneous coordinates (x / z, y / z), on its way through
// the loop. The steps move it on and return the line through the points added, times a factor of
// Fq2, but with its constant not yet times y and its slope not yet times x of the point of G1.
// Formulas: Costello, Lange, Naehrig 2010, section 5; the doubling without their halves, so that
// all three coordinates come out times 4.
// A step that would need another formula (the points added are equal or opposite) makes z zero, and
// zero it stays.
template <class Fq2>
struct MultipleOf {
  Fq2 x, y, z;

  // three_b is 3 b, of the twist's y^2 = x^3 + b.
  LineOf<Fq2> double_step(const Fq2& three_b) {
    const Fq2 xx = x.squared();
    const Fq2 b = y.squared();
    const Fq2 e = z.squared() * three_b;
    const Fq2 f = e.doubled() + e;
    const Fq2 h = (y * z).doubled();
    const Fq2 ee = e.squared().doubled().doubled();
    x = (x * y).doubled() * (b - f);
    y = (b + f).squared() - ee.doubled() - ee;
    z = (b * h).doubled().doubled();
    return {-h, xx.doubled() + xx, e - b};
  }

  // Adds the point (qx, qy).
  LineOf<Fq2> add_step(const Fq2& qx, const Fq2& qy) {
    const Fq2 theta = y - qy * z;
    const Fq2 lambda = x - qx * z;
    const Fq2 d = lambda.squared();
    const Fq2 e = lambda * d;
    const Fq2 g = x * d;
    const Fq2 h = e + z * theta.squared() - g.doubled();
    x = lambda * h;
    y = theta * (g - h) - e * y;
    z = z * e;
    return {lambda, -theta, theta * qx - lambda * qy};
  }
};

// What the loop adds to the multiple of Q: Q, -Q, and at its end psi(Q) and -psi^2(Q), psi being
// the q-power map.
enum class Addend { point, opposite, frobenius, opposite_frobenius_twice };
inline constexpr std::size_t kAddends = 4;

// Vercauteren 2010, section IV.B, for BN curves. `digits` are those of 6 x + 2, least significant
// first. `steps` multiplies the value by the lines of all pairs: steps.double_all(value),
// steps.add_all(value, addend). REQUIRES: the last digit is 1.
template <class Fq12, class Steps>
Fq12 run_miller_loop(const signed char* digits, std::size_t digit_count, Steps& steps) {
  Fq12 value = Fq12::one();
  for (std::size_t i = digit_count - 1; i-- > 0;) {
    value = squared(value);
    steps.double_all(value);
    if (digits[i] != 0) steps.add_all(value, digits[i] > 0 ? Addend::point : Addend::opposite);
  }
  steps.add_all(value, Addend::frobenius);
  steps.add_all(value, Addend::opposite_frobenius_twice);
  return value;
}

}  // namespace zkp::prover::curve
