#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace zkp::prover::field {

// An unsigned integer of 256 bits: four 64-bit limbs, least significant first.
using Limbs = std::array<std::uint64_t, 4>;

__extension__ using Wide = unsigned __int128;

// a + b + carry; carry becomes the carry out (0 or 1). Written so that the compiler sees an adc.
[[gnu::always_inline]] constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b,
                                                         std::uint64_t& carry) {
  const std::uint64_t partial = a + b;
  const std::uint64_t sum = partial + carry;
  carry = static_cast<std::uint64_t>(partial < a) | static_cast<std::uint64_t>(sum < partial);
  return sum;
}

// a - b - borrow; borrow becomes the borrow out (0 or 1). Likewise sbb.
[[gnu::always_inline]] constexpr std::uint64_t subtract_borrow(std::uint64_t a, std::uint64_t b,
                                                               std::uint64_t& borrow) {
  const std::uint64_t partial = a - b;
  const std::uint64_t difference = partial - borrow;
  borrow = static_cast<std::uint64_t>(a < b) | static_cast<std::uint64_t>(partial < borrow);
  return difference;
}

// sum + a * b + carry; carry becomes the upper 64 bits. Cannot overflow.
constexpr std::uint64_t multiply_add(std::uint64_t sum, std::uint64_t a, std::uint64_t b,
                                     std::uint64_t& carry) {
  const Wide wide = Wide{a} * b + sum + carry;
  carry = static_cast<std::uint64_t>(wide >> 64);
  return static_cast<std::uint64_t>(wide);
}

// a * factor: its lower four limbs, and the fifth.
struct Row {
  Limbs limb;
  std::uint64_t top;
};
[[gnu::always_inline]] constexpr Row multiply_by_limb(const Limbs& a, std::uint64_t factor) {
  Row row{};
  std::uint64_t carry = 0;
  std::uint64_t high = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Wide wide = Wide{a[i]} * factor;
    row.limb[i] = add_carry(static_cast<std::uint64_t>(wide), high, carry);
    high = static_cast<std::uint64_t>(wide >> 64);
  }
  row.top = high + carry;
  return row;
}

constexpr bool less_than(const Limbs& a, const Limbs& b) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) subtract_borrow(a[i], b[i], borrow);
  return borrow != 0;
}

// value - modulus if value >= modulus, else value.
[[gnu::always_inline]] constexpr Limbs reduce_once(const Limbs& value, const Limbs& modulus) {
  Limbs reduced = value;
#if defined(__x86_64__)
  if (!std::is_constant_evaluated()) {
    // Compilers see constants here and make branches of it, which no predictor can learn.
    __asm__(
        "subq %[m0], %[r0]\n\t"
        "sbbq %[m1], %[r1]\n\t"
        "sbbq %[m2], %[r2]\n\t"
        "sbbq %[m3], %[r3]\n\t"
        "cmovcq %[v0], %[r0]\n\t"
        "cmovcq %[v1], %[r1]\n\t"
        "cmovcq %[v2], %[r2]\n\t"
        "cmovcq %[v3], %[r3]\n\t"
        : [r0] "+&r"(reduced[0]), [r1] "+&r"(reduced[1]), [r2] "+&r"(reduced[2]),
          [r3] "+&r"(reduced[3])
        : [v0] "r"(value[0]), [v1] "r"(value[1]), [v2] "r"(value[2]), [v3] "r"(value[3]),
          [m0] "r"(modulus[0]), [m1] "r"(modulus[1]), [m2] "r"(modulus[2]), [m3] "r"(modulus[3])
        : "cc");
    return reduced;
  }
#endif
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) reduced[i] = subtract_borrow(value[i], modulus[i], borrow);
  const std::uint64_t keep = std::uint64_t{0} - borrow;
  for (std::size_t i = 0; i < 4; ++i) reduced[i] ^= (reduced[i] ^ value[i]) & keep;
  return reduced;
}

// 2^exponent mod modulus. REQUIRES: modulus < 2^255.
constexpr Limbs power_of_two(std::size_t exponent, const Limbs& modulus) {
  Limbs value{1, 0, 0, 0};
  for (std::size_t i = 0; i < exponent; ++i) {
    std::uint64_t carry = 0;
    for (std::uint64_t& word : value) word = add_carry(word, word, carry);
    value = reduce_once(value, modulus);
  }
  return value;
}

// The bit of weight 2^index. REQUIRES: index < 256.
constexpr bool bit_of(const Limbs& value, std::size_t index) {
  return ((value[index / 64] >> (index % 64)) & 1) != 0;
}

}  // namespace zkp::prover::field
