#include "prover/groth16/linear_combination.h"

#include <array>

namespace zkp::prover::groth16 {
namespace {

using curve::AffinePoint;
using curve::JacobianPoint;
using field::Limbs;

constexpr std::size_t kWidth = 5;
constexpr std::size_t kMultiples = std::size_t{1} << (kWidth - 2);  // 1, 3, ..., 15

// Digits of weight 2^i: zero or odd, of absolute value below 2 * kMultiples; of any kWidth in a
// row at most one is not zero.
using Digits = std::array<std::int8_t, 256>;

void shift_right(Limbs& value) {
  for (std::size_t i = 0; i < 4; ++i) {
    value[i] = (value[i] >> 1) | (i < 3 ? value[i + 1] << 63 : 0);
  }
}

// The non-adjacent form of width kWidth (Hankerson, Menezes, Vanstone 2004, algorithm 3.35).
// REQUIRES: value < 2^255. Returns the number of digits.
std::size_t to_digits(Limbs value, Digits& digits) {
  std::size_t count = 0;
  while (value != Limbs{}) {
    digits[count] = 0;
    if ((value[0] & 1) != 0) {
      const auto low = static_cast<std::int64_t>(value[0] % (1 << kWidth));
      const std::int64_t digit = low < (1 << (kWidth - 1)) ? low : low - (1 << kWidth);
      digits[count] = static_cast<std::int8_t>(digit);
      // value - digit: the low bits become zero, and a negative digit carries upwards.
      value[0] -= static_cast<std::uint64_t>(low);
      std::uint64_t carry = 0;
      value[0] = field::add_carry(value[0], digit < 0 ? 1 << kWidth : 0, carry);
      for (std::size_t i = 1; i < 4; ++i) value[i] = field::add_carry(value[i], 0, carry);
    }
    shift_right(value);
    ++count;
  }
  return count;
}

}  // namespace

// Interleaving of signed windows (Moeller 2001): all points share one chain of doublings.
template <class Params>
JacobianPoint<Params> linear_combination(std::span<const AffinePoint<Params>> points,
                                         std::span<const Limbs> scalars) {
  using Point = JacobianPoint<Params>;
  ZKP_ASSERT(points.size() == scalars.size());
  struct Entry {
    Digits digits;
    std::size_t digit_count;
    std::array<Point, kMultiples> multiples;
  };
  std::vector<Entry> entries(points.size());
  std::size_t most_digits = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Entry& entry = entries[i];
    entry.digit_count = to_digits(scalars[i], entry.digits);
    most_digits = std::max(most_digits, entry.digit_count);
    entry.multiples[0] = Point::from_affine(points[i]);
    const Point twice = entry.multiples[0].doubled();
    for (std::size_t j = 1; j < kMultiples; ++j) {
      entry.multiples[j] = entry.multiples[j - 1] + twice;
    }
  }
  Point sum = Point::infinity();
  for (std::size_t place = most_digits; place-- > 0;) {
    sum = sum.doubled();
    for (const Entry& entry : entries) {
      if (place >= entry.digit_count || entry.digits[place] == 0) continue;
      const int digit = entry.digits[place];
      const Point& multiple = entry.multiples[static_cast<std::size_t>(std::abs(digit)) / 2];
      sum = sum + (digit < 0 ? -multiple : multiple);
    }
  }
  return sum;
}

template JacobianPoint<curve::G1Params> linear_combination(std::span<const curve::G1Affine>,
                                                           std::span<const Limbs>);
template JacobianPoint<curve::G2Params> linear_combination(std::span<const curve::G2Affine>,
                                                           std::span<const Limbs>);

}  // namespace zkp::prover::groth16
