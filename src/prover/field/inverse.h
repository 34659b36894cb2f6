#pragma once

#include <bit>

#include "prover/field/limbs.h"

// Division modulo an odd prime by the binary algorithm of the greatest common divisor. Its steps
// are chosen on one-word approximations and applied to whole numbers 62 halvings at a time: Pornin,
// "Optimized Binary GCD for Modular Inversion" (ePrint 2020/972), Algorithm 2. There both ends of a
// number share the approximation's word, which then serves 31 halvings; here each end has a word.
// Takes a time that depends on the numbers.
namespace zkp::prover::field {

__extension__ using SignedWide = __int128;

// sum of limb[i] * 2^(62 i): limbs below 2^62, the last one with the number's sign.
struct SignedLimbs {
  std::array<std::int64_t, 5> limb{};

  static constexpr std::int64_t kMask = (std::int64_t{1} << 62) - 1;

  static constexpr SignedLimbs from(const Limbs& value) {
    SignedLimbs result;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      result.limb[i] = static_cast<std::int64_t>(value[i] << (2 * i) | below) & kMask;
      below = value[i] >> (62 - 2 * i);
    }
    result.limb[4] = static_cast<std::int64_t>(below);
    return result;
  }
  // REQUIRES: 0 <= *this < 2^256.
  [[nodiscard]] constexpr Limbs to_limbs() const {
    Limbs result{};
    for (std::size_t i = 0; i < 4; ++i) {
      result[i] = static_cast<std::uint64_t>(limb[i]) >> (2 * i) |
                  static_cast<std::uint64_t>(limb[i + 1]) << (62 - 2 * i);
    }
    return result;
  }

  [[nodiscard]] constexpr bool is_zero() const {
    return (limb[0] | limb[1] | limb[2] | limb[3] | limb[4]) == 0;
  }
  [[nodiscard]] constexpr bool is_negative() const { return limb[4] < 0; }

  // *this + factor * other
  [[nodiscard]] constexpr SignedLimbs plus(std::int64_t factor, const SignedLimbs& other) const {
    SignedLimbs result;
    SignedWide sum = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      sum += limb[i] + SignedWide{factor} * other.limb[i];
      result.limb[i] = static_cast<std::int64_t>(sum) & kMask;
      if (i < 4) sum >>= 62;
    }
    result.limb[4] = static_cast<std::int64_t>(sum);
    return result;
  }
};

// What a batch of steps makes of a pair (a, b): a * of_a + b * of_b.
// Invariant: |of_a| + |of_b| <= 2^62.
struct Combination {
  std::int64_t of_a, of_b;
};

// (a * c.of_a + b * c.of_b + modulus * factor) / 2^62. REQUIRES: the division is exact.
[[gnu::always_inline]] constexpr SignedLimbs combine(const Combination& c, const SignedLimbs& a,
                                                     const SignedLimbs& b, std::int64_t factor,
                                                     const SignedLimbs& modulus) {
  SignedLimbs result;
  SignedWide sum = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    sum += SignedWide{c.of_a} * a.limb[i] + SignedWide{c.of_b} * b.limb[i] +
           SignedWide{factor} * modulus.limb[i];
    if (i > 0) result.limb[i - 1] = static_cast<std::int64_t>(sum) & SignedLimbs::kMask;
    sum >>= 62;
  }
  result.limb[4] = static_cast<std::int64_t>(sum);
  return result;
}

// Likewise for the factor in -2^61 .. 2^61 that makes it exact: at most half a modulus is added.
constexpr SignedLimbs combine_modulo(const Combination& c, const SignedLimbs& a,
                                     const SignedLimbs& b, const SignedLimbs& modulus,
                                     std::uint64_t negated_inverse) {
  const std::uint64_t lowest =
      static_cast<std::uint64_t>(c.of_a * SignedWide{a.limb[0]} + c.of_b * SignedWide{b.limb[0]});
  const auto factor = static_cast<std::int64_t>(lowest * negated_inverse << 2) >> 2;
  return combine(c, a, b, factor, modulus);
}

// The ends of a pair of numbers: their lowest 62 bits, and their highest 62 counted from the top
// bit of the longer one.
struct Ends {
  std::uint64_t a_low, a_high, b_low, b_high;

  // REQUIRES: a >= 0, b > 0.
  static constexpr Ends of(const SignedLimbs& a, const SignedLimbs& b) {
    std::size_t top = 4;
    while (top > 0 && (a.limb[top] | b.limb[top]) == 0) --top;
    Ends ends{};
    ends.a_low = static_cast<std::uint64_t>(a.limb[0]);
    ends.b_low = static_cast<std::uint64_t>(b.limb[0]);
    ends.a_high = static_cast<std::uint64_t>(a.limb[top]);
    ends.b_high = static_cast<std::uint64_t>(b.limb[top]);
    if (top == 0) return ends;
    const auto bits = static_cast<int>(std::bit_width(ends.a_high | ends.b_high));
    ends.a_high = ends.a_high << (62 - bits) | static_cast<std::uint64_t>(a.limb[top - 1]) >> bits;
    ends.b_high = ends.b_high << (62 - bits) | static_cast<std::uint64_t>(b.limb[top - 1]) >> bits;
    return ends;
  }
};

// 62 halvings: a <- a / 2 while a is even, else (a, b) <- (|a - b|, min(a, b)). `for_a` and `for_b`
// become what makes the new pair, times 2^62. REQUIRES: b is odd.
// The smaller one is told by the upper ends, thus wrongly if they differ in the last bits only: the
// new a is then small and negative.
constexpr void halve_62_times(Ends ends, Combination& for_a, Combination& for_b) {
  auto [a_low, a_high, b_low, b_high] = ends;
  std::int64_t a_of_a = 1, a_of_b = 0, b_of_a = 0, b_of_b = 1;
  int left = 62;
  for (int zeros = std::countr_zero(a_low); zeros < left;) {
    left -= zeros;
    a_low >>= zeros;
    a_high >>= zeros;
    b_of_a <<= zeros;
    b_of_b <<= zeros;

    const bool less = a_high < b_high;
    const std::uint64_t difference = a_low - b_low;
    zeros = std::countr_zero(difference);  // also of b - a
    b_low = less ? a_low : b_low;
    a_low = less ? 0 - difference : difference;
    const std::uint64_t larger = less ? b_high : a_high;
    b_high = less ? a_high : b_high;
    a_high = larger - b_high;
    const std::int64_t larger_of_a = less ? b_of_a : a_of_a;
    const std::int64_t larger_of_b = less ? b_of_b : a_of_b;
    b_of_a = less ? a_of_a : b_of_a;
    b_of_b = less ? a_of_b : b_of_b;
    a_of_a = larger_of_a - b_of_a;
    a_of_b = larger_of_b - b_of_b;
  }
  for_a = {a_of_a, a_of_b};
  for_b = {b_of_a << left, b_of_b << left};
}

// dividend / divisor modulo the modulus; zero if the divisor is zero. `negated_inverse` is
// -modulus^-1 mod 2^64. REQUIRES: dividend, divisor < modulus < 2^255; the modulus is an odd prime.
//
// The loop keeps a * dividend = u * divisor and b * dividend = v * divisor (mod modulus), a and b
// without common factor, b odd. A batch shortens a and b by 62 bits together; or by some 56 if it
// saw an order wrongly, for then both have lost almost all bits of their upper ends. So ten batches
// are enough, and |u| and |v| stay below 6 moduli.
constexpr Limbs divide_modulo(const Limbs& dividend, const Limbs& divisor, const Limbs& modulus,
                              std::uint64_t negated_inverse) {
  const SignedLimbs p = SignedLimbs::from(modulus);
  SignedLimbs a = SignedLimbs::from(divisor);
  SignedLimbs b = p;
  SignedLimbs u = SignedLimbs::from(dividend);
  SignedLimbs v;
  while (!a.is_zero()) {
    Combination for_a{};
    Combination for_b{};
    halve_62_times(Ends::of(a, b), for_a, for_b);
    const auto positive = [&](Combination& c) {
      const SignedLimbs next = combine(c, a, b, 0, p);
      if (!next.is_negative()) return next;
      c = {-c.of_a, -c.of_b};
      return SignedLimbs{}.plus(-1, next);
    };
    const SignedLimbs next_a = positive(for_a);
    b = positive(for_b);
    a = next_a;
    const SignedLimbs next_u = combine_modulo(for_a, u, v, p, negated_inverse);
    v = combine_modulo(for_b, u, v, p, negated_inverse);
    u = next_u;
  }
  while (v.is_negative()) v = v.plus(1, p);
  for (SignedLimbs less = v.plus(-1, p); !less.is_negative(); less = v.plus(-1, p)) v = less;
  return v.to_limbs();
}

}  // namespace zkp::prover::field
