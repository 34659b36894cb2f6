#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace zkp::prover::field {

// An unsigned integer of 256 bits: four 64-bit limbs, least significant first.
using Limbs = std::array<std::uint64_t, 4>;

__extension__ using Wide = unsigned __int128;

// a + b + carry; carry becomes the carry out (0 or 1).
constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b, std::uint64_t& carry) {
  const Wide sum = Wide{a} + b + carry;
  carry = static_cast<std::uint64_t>(sum >> 64);
  return static_cast<std::uint64_t>(sum);
}

// a - b - borrow; borrow becomes the borrow out (0 or 1).
constexpr std::uint64_t subtract_borrow(std::uint64_t a, std::uint64_t b, std::uint64_t& borrow) {
  const Wide difference = Wide{a} - b - borrow;
  borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
  return static_cast<std::uint64_t>(difference);
}

// sum + a * b + carry; carry becomes the upper 64 bits. Cannot overflow.
constexpr std::uint64_t multiply_add(std::uint64_t sum, std::uint64_t a, std::uint64_t b,
                                     std::uint64_t& carry) {
  const Wide wide = Wide{a} * b + sum + carry;
  carry = static_cast<std::uint64_t>(wide >> 64);
  return static_cast<std::uint64_t>(wide);
}

constexpr bool less_than(const Limbs& a, const Limbs& b) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) subtract_borrow(a[i], b[i], borrow);
  return borrow != 0;
}

// value - modulus if value >= modulus, else value. `carry` is bit 256 of value.
constexpr Limbs reduce_once(const Limbs& value, const Limbs& modulus, std::uint64_t carry = 0) {
  Limbs reduced{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) reduced[i] = subtract_borrow(value[i], modulus[i], borrow);
  const std::uint64_t keep = std::uint64_t{0} - static_cast<std::uint64_t>(borrow > carry);
  for (std::size_t i = 0; i < 4; ++i) reduced[i] = (reduced[i] & ~keep) | (value[i] & keep);
  return reduced;
}

// 2^exponent mod modulus.
constexpr Limbs power_of_two(std::size_t exponent, const Limbs& modulus) {
  Limbs value{1, 0, 0, 0};
  for (std::size_t i = 0; i < exponent; ++i) {
    Limbs twice{};
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) twice[j] = add_carry(value[j], value[j], carry);
    value = reduce_once(twice, modulus, carry);
  }
  return value;
}

// The bit of weight 2^index. REQUIRES: index < 256.
constexpr bool bit_of(const Limbs& value, std::size_t index) {
  return ((value[index / 64] >> (index % 64)) & 1) != 0;
}

}  // namespace zkp::prover::field
