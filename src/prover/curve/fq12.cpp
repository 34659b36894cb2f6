#include "prover/curve/fq12.h"

#include "prover/curve/frobenius.h"

namespace zkp::prover::curve {
namespace {

Fq6 inverse(const Fq6& a) {
  const Fq2 t0 = a.c0.squared() - (a.c1 * a.c2).times_non_residue();
  const Fq2 t1 = a.c2.squared().times_non_residue() - a.c0 * a.c1;
  const Fq2 t2 = a.c1.squared() - a.c0 * a.c2;
  const Fq2 norm = a.c0 * t0 + (a.c2 * t1 + a.c1 * t2).times_non_residue();
  return scaled({t0, t1, t2}, norm.inverse());
}

// An element low + high s of Fq4 = Fq2[s] / (s^2 - (9 + u)).
struct Fq4 {
  Fq2 low, high;
};

Fq4 squared(const Fq4& a) {
  const Fq2 low = a.low.squared();
  const Fq2 high = a.high.squared();
  return {high.times_non_residue() + low, (a.low + a.high).squared() - low - high};
}

Fq2 three_minus_two(const Fq2& a, const Fq2& b) { return (a - b).doubled() + a; }
Fq2 three_plus_two(const Fq2& a, const Fq2& b) { return (a + b).doubled() + a; }

}  // namespace

template Fq6 operator*(const Fq6& a, const Fq6& b);
template Fq12 operator*(const Fq12& a, const Fq12& b);
template Fq12 operator*(const Fq12& a, const Line& line);
template Fq12 operator*(const Fq12& a, const MonicLine& line);
template Fq12 squared(const Fq12& a);

Fq12 inverse(const Fq12& a) {
  const Fq6 norm_inverse = inverse(a.c0 * a.c0 - times_v(a.c1 * a.c1));
  return {a.c0 * norm_inverse, -(a.c1 * norm_inverse)};
}

Fq12 conjugate(const Fq12& a) { return {a.c0, -a.c1}; }

Fq12 frobenius(const Fq12& a) {
  const auto term = [](const Fq2& coefficient, std::size_t power_of_w) {
    return coefficient.conjugate() * frobenius_factor(power_of_w);
  };
  return {{a.c0.c0.conjugate(), term(a.c0.c1, 2), term(a.c0.c2, 4)},
          {term(a.c1.c0, 1), term(a.c1.c1, 3), term(a.c1.c2, 5)}};
}

// Granger, Scott 2010, section 3.2: a = x + y w + z w^2 with x, y, z in Fq4 and s = w^3; then
// a^2 = (3 x^2 - 2 x') + (3 s z^2 + 2 y') w + (3 y^2 - 2 z') w^2, where (p + q s)' = p - q s.
Fq12 cyclotomic_squared(const Fq12& a) {
  const Fq4 x = squared(Fq4{a.c0.c0, a.c1.c1});
  const Fq4 y = squared(Fq4{a.c1.c0, a.c0.c2});
  const Fq4 z = squared(Fq4{a.c0.c1, a.c1.c2});
  return {{three_minus_two(x.low, a.c0.c0), three_minus_two(y.low, a.c0.c1),
           three_minus_two(z.low, a.c0.c2)},
          {three_plus_two(z.high.times_non_residue(), a.c1.c0), three_plus_two(x.high, a.c1.c1),
           three_plus_two(y.high, a.c1.c2)}};
}

}  // namespace zkp::prover::curve
