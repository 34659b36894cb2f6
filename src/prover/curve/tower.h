#pragma once

#include "prover/field/field.h"

// The extensions of Fq that the pairing of BN254 needs:
//   Fq2  = Fq[u] / (u^2 + 1)
//   Fq6  = Fq2[v] / (v^3 - (9 + u))
//   Fq12 = Fq6[w] / (w^2 - v)
namespace zkp::prover::curve {

using field::Fq;
using field::Fr;

// c0 + c1 u. The same member functions as PrimeField, as far as they make sense.
struct Fq2 {
  Fq c0, c1;

  static constexpr Fq2 zero() { return {}; }
  static constexpr Fq2 one() { return {Fq::one(), Fq::zero()}; }
  [[nodiscard]] constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
  friend constexpr bool operator==(const Fq2&, const Fq2&) = default;
  friend constexpr Fq2 operator+(const Fq2& a, const Fq2& b) { return {a.c0 + b.c0, a.c1 + b.c1}; }
  friend constexpr Fq2 operator-(const Fq2& a, const Fq2& b) { return {a.c0 - b.c0, a.c1 - b.c1}; }
  friend constexpr Fq2 operator-(const Fq2& a) { return {-a.c0, -a.c1}; }
  // Karatsuba: three products.
  friend constexpr Fq2 operator*(const Fq2& a, const Fq2& b) {
    const Fq low = a.c0 * b.c0;
    const Fq high = a.c1 * b.c1;
    return {low - high, (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
  }
  friend constexpr Fq2 operator*(const Fq2& a, const Fq& b) { return {a.c0 * b, a.c1 * b}; }
  constexpr Fq2& operator+=(const Fq2& other) { return *this = *this + other; }
  constexpr Fq2& operator-=(const Fq2& other) { return *this = *this - other; }
  constexpr Fq2& operator*=(const Fq2& other) { return *this = *this * other; }
  [[nodiscard]] constexpr Fq2 doubled() const { return *this + *this; }
  [[nodiscard]] constexpr Fq2 squared() const {
    const Fq product = c0 * c1;
    return {(c0 + c1) * (c0 - c1), product + product};
  }
  [[nodiscard]] constexpr Fq2 conjugate() const { return {c0, -c1}; }
  [[nodiscard]] constexpr Fq2 inverse() const {
    const Fq norm_inverse = (c0.squared() + c1.squared()).inverse();
    return {c0 * norm_inverse, -(c1 * norm_inverse)};
  }
  // times 9 + u, the non-residue of Fq6
  [[nodiscard]] constexpr Fq2 times_non_residue() const {
    const Fq2 nine = doubled().doubled().doubled() + *this;
    return {nine.c0 - c1, nine.c1 + c0};
  }
};

}  // namespace zkp::prover::curve
