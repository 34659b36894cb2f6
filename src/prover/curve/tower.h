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
    return {nine_times_plus(c0, -c1), nine_times_plus(c1, c0)};
  }

 private:
  // 9 a + b with one reduction: the quotient by q is estimated from the bits of weight 2^248 and
  // more, never too large, and too small by one at most.
  [[gnu::always_inline]] static constexpr Fq nine_times_plus(const Fq& a, const Fq& b) {
    auto [sum, top] = field::multiply_by_limb(a.limb, 9);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) sum[i] = field::add_carry(sum[i], b.limb[i], carry);
    const std::uint64_t high = (top + carry) << 8 | sum[3] >> 56;
    constexpr std::uint64_t kFactor = (std::uint64_t{1} << 36) / ((Fq::kModulus[3] >> 36) + 1);
    const auto excess = field::multiply_by_limb(Fq::kModulus, (high * kFactor) >> 16).limb;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) sum[i] = field::subtract_borrow(sum[i], excess[i], borrow);
    return Fq{field::reduce_once(sum, Fq::kModulus)};
  }
};

}  // namespace zkp::prover::curve
