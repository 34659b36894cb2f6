#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "prover/field/inverse.h"
#include "prover/field/limbs.h"

// Arithmetic modulo the two primes of BN254 (also called bn128 and alt_bn128):
//   Fr  r = 21888242871839275222246405745257275088548364400416034343698204186575808495617, the
//   order of the groups Fq  q =
//   21888242871839275222246405745257275088696311157297823662689037894645226208583, the coordinates'
//   field
// One element at a time, on any CPU. Work on arrays goes through the kernels of kernels.h.
// Not constant-time.
namespace zkp::prover::field {

struct FrParams {
  static constexpr const char* kName = "Fr";
  static constexpr Limbs kModulus = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d,
                                     0x30644e72e131a029};
  static constexpr std::uint64_t kGenerator = 5;  // of the multiplicative group
  static constexpr std::size_t kTwoAdicity = 28;  // 2^28 divides r - 1
};

struct FqParams {
  static constexpr const char* kName = "Fq";
  static constexpr Limbs kModulus = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                     0x30644e72e131a029};
  static constexpr std::uint64_t kGenerator = 3;
  static constexpr std::size_t kTwoAdicity = 1;
};

// An element of the field of Params.
// Form: Montgomery (value * 2^256 mod p), so that a product is one Montgomery product.
// Invariant: the stored integer is < p. Two elements are equal exactly if their limbs are.
template <class Params>
struct PrimeField {
  Limbs limb{};

  static constexpr std::size_t kBytes = 32;
  static constexpr Limbs kModulus = Params::kModulus;
  // -p^-1 mod 2^64, by Newton's iteration: each step doubles the correct bits.
  static constexpr std::uint64_t kInverse = [] {
    std::uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i) inverse *= 2 - kModulus[0] * inverse;
    return ~inverse + 1;
  }();

  static constexpr Limbs kR = power_of_two(256, kModulus);
  static constexpr Limbs kRSquared = power_of_two(512, kModulus);

  static constexpr PrimeField zero() { return {}; }
  static constexpr PrimeField one() { return PrimeField{kR}; }
  static constexpr PrimeField from_u64(std::uint64_t value) {
    return from_standard({value, 0, 0, 0});
  }

  // From the integer itself. REQUIRES: value < p.
  static constexpr PrimeField from_standard(const Limbs& value) {
    return PrimeField{montgomery_product(value, kRSquared)};
  }
  // The integer itself, < p.
  [[nodiscard]] constexpr Limbs to_standard() const {
    return montgomery_product(limb, {1, 0, 0, 0});
  }

  // 32 bytes, little-endian, standard form. invalid_argument if the number is not below p.
  static base::Result<PrimeField> from_bytes(std::span<const std::uint8_t, kBytes> bytes);
  void to_bytes(std::span<std::uint8_t, kBytes> out) const;

  // Decimal digits only, below p; at most 78 of them, leading zeros refused unless it is "0".
  static base::Result<PrimeField> from_decimal(std::string_view text);
  [[nodiscard]] std::string to_decimal() const;

  // Uniform modulo p, by rejection.
  static PrimeField random(base::Random& random);

  [[nodiscard]] constexpr bool is_zero() const {
    return (limb[0] | limb[1] | limb[2] | limb[3]) == 0;
  }
  [[nodiscard]] constexpr bool is_one() const { return *this == one(); }

  friend constexpr bool operator==(const PrimeField&, const PrimeField&) = default;

  friend constexpr PrimeField operator+(const PrimeField& a, const PrimeField& b) {
    Limbs sum{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) sum[i] = add_carry(a.limb[i], b.limb[i], carry);
    return PrimeField{reduce_once(sum, kModulus)};  // p < 2^254: no carry leaves limb 3
  }
  friend constexpr PrimeField operator-(const PrimeField& a, const PrimeField& b) {
    Limbs difference{};
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      difference[i] = subtract_borrow(a.limb[i], b.limb[i], borrow);
    }
    const std::uint64_t mask = std::uint64_t{0} - borrow;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      difference[i] = add_carry(difference[i], kModulus[i] & mask, carry);
    }
    return PrimeField{difference};
  }
  friend constexpr PrimeField operator-(const PrimeField& a) { return zero() - a; }
  // Inlined wherever it stands: a call would pass its result through memory.
  [[gnu::always_inline]] friend constexpr PrimeField operator*(const PrimeField& a,
                                                               const PrimeField& b) {
    return PrimeField{montgomery_product(a.limb, b.limb)};
  }
  constexpr PrimeField& operator+=(const PrimeField& other) { return *this = *this + other; }
  constexpr PrimeField& operator-=(const PrimeField& other) { return *this = *this - other; }
  [[gnu::always_inline]] constexpr PrimeField& operator*=(const PrimeField& other) {
    return *this = *this * other;
  }

  [[nodiscard]] constexpr PrimeField doubled() const { return *this + *this; }
  [[nodiscard, gnu::always_inline]] constexpr PrimeField squared() const { return *this * *this; }

  // this^exponent, square and multiply from the top bit.
  [[nodiscard]] constexpr PrimeField power(const Limbs& exponent) const {
    PrimeField result = one();
    for (std::size_t i = 256; i-- > 0;) {
      result = result.squared();
      if (bit_of(exponent, i)) result *= *this;
    }
    return result;
  }
  [[nodiscard]] constexpr PrimeField power(std::uint64_t exponent) const {
    return power(Limbs{exponent, 0, 0, 0});
  }

  // 1 / this; zero for zero.
  [[nodiscard]] constexpr PrimeField inverse() const {
    return PrimeField{divide_modulo(kRSquared, limb, kModulus, kInverse)};
  }

  // a * b / 2^256 mod p: CIOS (Koc, Acar, Kaliski 1996, section 5). The extra top word of CIOS is
  // not needed, because the top limb of p is below 2^62 (Botrel, gnark 2020). REQUIRES: a < p; b is
  // any 256-bit number. The result is < p.
  [[gnu::always_inline]] static constexpr Limbs montgomery_product(const Limbs& a, const Limbs& b) {
    Limbs t{};
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      const auto [row, row_top] = multiply_by_limb(a, b[i]);
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < 4; ++j) t[j] = add_carry(t[j], row[j], carry);
      const std::uint64_t top = row_top + carry;

      const auto [exact, exact_top] = multiply_by_limb(kModulus, t[0] * kInverse);
      carry = 0;
      add_carry(t[0], exact[0], carry);  // zero, by the choice of the factor
      for (std::size_t j = 1; j < 4; ++j) t[j - 1] = add_carry(t[j], exact[j], carry);
      t[3] = top + exact_top + carry;
    }
    return reduce_once(t, kModulus);
  }
};

using Fr = PrimeField<FrParams>;
using Fq = PrimeField<FqParams>;

// values[i] becomes 1 / values[i], zero stays zero: one inversion and three products each
// (Montgomery's trick). `scratch` has at least values.size() elements.
template <class Field>
void invert_batch(std::span<Field> values, std::span<Field> scratch) {
  ZKP_ASSERT(scratch.size() >= values.size());
  Field product = Field::one();
  for (std::size_t i = 0; i < values.size(); ++i) {
    scratch[i] = product;
    if (!values[i].is_zero()) product = product * values[i];
  }
  Field inverse = product.inverse();
  for (std::size_t i = values.size(); i-- > 0;) {
    if (values[i].is_zero()) continue;
    const Field value = values[i];
    values[i] = inverse * scratch[i];
    inverse = inverse * value;
  }
}

extern template struct PrimeField<FrParams>;
extern template struct PrimeField<FqParams>;

}  // namespace zkp::prover::field
