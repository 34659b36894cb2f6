#include "prover/iden3/wasm_point.h"

namespace zkp::prover::iden3 {
namespace {

using curve::Fq;
using field::Limbs;

// value + carry * 2^256, less q if that is at least q; modulo 2^256.
Limbs less_modulus(const Limbs& value, std::uint64_t carry) {
  if (carry == 0 && field::less_than(value, Fq::kModulus)) return value;
  Limbs reduced{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    reduced[i] = field::subtract_borrow(value[i], Fq::kModulus[i], borrow);
  }
  return reduced;
}

// A coordinate that is a 256-bit number, not always below the modulus q.
struct Raw {
  Limbs value;

  friend Raw operator+(const Raw& a, const Raw& b) {
    Limbs sum{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) sum[i] = field::add_carry(a.value[i], b.value[i], carry);
    return {less_modulus(sum, carry)};
  }
  // a - b, plus q if that is negative; modulo 2^256.
  friend Raw operator-(const Raw& a, const Raw& b) {
    Limbs difference{};
    std::uint64_t borrow = 0, carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      difference[i] = field::subtract_borrow(a.value[i], b.value[i], borrow);
    }
    for (std::size_t i = 0; borrow != 0 && i < 4; ++i) {
      difference[i] = field::add_carry(difference[i], Fq::kModulus[i], carry);
    }
    return {difference};
  }
  // The Montgomery product: CIOS with the word that Fq's own can do without.
  friend Raw operator*(const Raw& a, const Raw& b) {
    std::uint64_t t[6] = {};
    for (std::size_t i = 0; i < 4; ++i) {
      std::uint64_t carry = 0, upper = 0;
      for (std::size_t j = 0; j < 4; ++j) {
        t[j] = field::multiply_add(t[j], a.value[j], b.value[i], carry);
      }
      t[4] = field::add_carry(t[4], carry, upper);
      t[5] = upper;
      const std::uint64_t m = t[0] * Fq::kInverse;
      carry = 0;
      upper = 0;
      field::multiply_add(t[0], m, Fq::kModulus[0], carry);
      for (std::size_t j = 1; j < 4; ++j) {
        t[j - 1] = field::multiply_add(t[j], m, Fq::kModulus[j], carry);
      }
      t[3] = field::add_carry(t[4], carry, upper);
      t[4] = t[5] + upper;
    }
    return {less_modulus({t[0], t[1], t[2], t[3]}, t[4])};
  }

  // The element of Fq that this number stands for.
  [[nodiscard]] Fq element() const { return Fq{Fq::montgomery_product(Fq::kR, value)}; }
};

}  // namespace

// mmadd-2007-bl, in the order of wasmcurves' addAffine.
curve::G1 subtract_as_wasm(const RawPoint& from, const curve::G1Affine& point) {
  const Raw x1{from.x}, y1{from.y};
  const Raw x2{point.x.limb}, y2{(-point.y).limb};
  const Raw h = x2 - x1;
  const Raw y_difference = y2 - y1;
  const Raw hh = h * h;
  const Raw twice_hh = hh + hh;
  const Raw i = twice_hh + twice_hh;
  const Raw j = h * i;
  const Raw r = y_difference + y_difference;
  const Raw v = x1 * i;
  const Raw x3 = r * r - j - (v + v);
  const Raw y1_j = y1 * j;
  const Raw y3 = (v - x3) * r - (y1_j + y1_j);
  return {x3.element(), y3.element(), (h + h).element()};
}

}  // namespace zkp::prover::iden3
