#pragma once

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

// Eight field elements at once with AVX-512 IFMA, for the files that are compiled for such CPUs and
// for nothing else: all of it has internal linkage.
//
// Radix 2^52, one element in each 64-bit lane. Products are Montgomery's with 2^260, while elements
// in memory have the factor 2^256 (field.h): a vector that was loaded stands for a sixteenth of its
// element. Formulas that are homogeneous need not care; others multiply by a power of two.
//
// A Lanes<N> is below N p in every lane. Bounds are part of the type, so a formula that could
// overflow does not compile.
namespace zkp::prover::field {
namespace {

#define ZKP_LANES [[gnu::always_inline, maybe_unused]] inline

constexpr std::size_t kLanes = 8;
constexpr std::size_t kLimbs = 5;  // in a register
constexpr std::size_t kWords = 4;  // in memory
constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 52) - 1;

struct Constant {
  std::uint64_t limb[kLimbs];
};

// Eight lanes of 64 bits, and the instructions on them.
struct Vector {
  __m512i lanes;
};
struct Mask {
  __mmask8 lanes = 0;

  [[nodiscard]] ZKP_LANES bool any() const { return lanes != 0; }
};

ZKP_LANES Vector zero() { return {_mm512_setzero_si512()}; }
ZKP_LANES Vector broadcast(std::uint64_t value) {
  return {_mm512_set1_epi64(static_cast<long long>(value))};
}
ZKP_LANES Vector operator+(Vector a, Vector b) { return {_mm512_add_epi64(a.lanes, b.lanes)}; }
ZKP_LANES Vector operator-(Vector a, Vector b) { return {_mm512_sub_epi64(a.lanes, b.lanes)}; }
ZKP_LANES Vector operator&(Vector a, Vector b) { return {_mm512_and_si512(a.lanes, b.lanes)}; }
ZKP_LANES Vector operator|(Vector a, Vector b) { return {_mm512_or_si512(a.lanes, b.lanes)}; }
template <unsigned Bits>
ZKP_LANES Vector shifted_left(Vector a) {
  return {_mm512_slli_epi64(a.lanes, Bits)};
}
template <unsigned Bits>
ZKP_LANES Vector shifted_right(Vector a) {
  return {_mm512_srli_epi64(a.lanes, Bits)};
}
// The lower 64 bits of (high, low) >> Bits.
template <unsigned Bits>
ZKP_LANES Vector shifted_right(Vector low, Vector high) {
  return {_mm512_shrdi_epi64(low.lanes, high.lanes, Bits)};
}
ZKP_LANES Vector carry_of(Vector column) { return {_mm512_srai_epi64(column.lanes, 52)}; }
// sum + the lower, or the upper, 52 bits of the product of the lower 52 bits of a and b.
ZKP_LANES Vector low_product(Vector sum, Vector a, Vector b) {
  return {_mm512_madd52lo_epu64(sum.lanes, a.lanes, b.lanes)};
}
ZKP_LANES Vector high_product(Vector sum, Vector a, Vector b) {
  return {_mm512_madd52hi_epu64(sum.lanes, a.lanes, b.lanes)};
}

ZKP_LANES Mask operator&(Mask a, Mask b) { return {_kand_mask8(a.lanes, b.lanes)}; }
ZKP_LANES Mask operator|(Mask a, Mask b) { return {_kor_mask8(a.lanes, b.lanes)}; }
ZKP_LANES Mask operator~(Mask a) { return {_knot_mask8(a.lanes)}; }
ZKP_LANES Mask equal(Vector a, Vector b) { return {_mm512_cmpeq_epi64_mask(a.lanes, b.lanes)}; }
ZKP_LANES Mask is_negative(Vector a) { return {_mm512_movepi64_mask(a.lanes)}; }
// The lanes whose byte has the bit. REQUIRES: a byte for every lane.
ZKP_LANES Mask bits_of(const std::uint8_t* byte, std::uint8_t bit) {
  const __m512i wide =
      _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(byte)));
  return {_mm512_test_epi64_mask(wide, _mm512_set1_epi64(bit))};
}
ZKP_LANES Vector selected(Mask mask, Vector where_set, Vector elsewhere) {
  return {_mm512_mask_mov_epi64(elsewhere.lanes, mask.lanes, where_set.lanes)};
}
struct Table {
  alignas(64) std::uint64_t entry[2 * kLanes];
};
// The entries at index mod 16.
ZKP_LANES Vector looked_up(const Table& table, Vector index) {
  const __m512i low = _mm512_load_si512(table.entry);
  const __m512i high = _mm512_load_si512(table.entry + kLanes);
  return {_mm512_permutex2var_epi64(low, index.lanes, high)};
}

constexpr Constant split(const std::uint64_t (&words)[kWords]) {
  return {{words[0] & kLimbMask, (words[0] >> 52 | words[1] << 12) & kLimbMask,
           (words[1] >> 40 | words[2] << 24) & kLimbMask,
           (words[2] >> 28 | words[3] << 36) & kLimbMask, words[3] >> 16}};
}

// factor * value. REQUIRES: it is below 2^260.
constexpr Constant times(const Constant& value, std::uint64_t factor) {
  Constant result{};
  unsigned __int128 carry = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    carry += static_cast<unsigned __int128>(value.limb[i]) * factor;
    result.limb[i] = static_cast<std::uint64_t>(carry) & kLimbMask;
    carry >>= 52;
  }
  return result;
}

constexpr bool less(const Constant& a, const Constant& b) {
  for (std::size_t i = kLimbs; i-- > 0;) {
    if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i];
  }
  return false;
}

constexpr Constant minus(const Constant& a, const Constant& b) {
  Constant result{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t difference = a.limb[i] - b.limb[i] - borrow;
    result.limb[i] = difference & kLimbMask;
    borrow = difference >> 63;
  }
  return result;
}

struct FrPrime {
  static constexpr std::uint64_t kModulus[kWords] = {0x43e1f593f0000001, 0x2833e84879b97091,
                                                     0xb85045b68181585d, 0x30644e72e131a029};
};

struct FqPrime {
  static constexpr std::uint64_t kModulus[kWords] = {0x3c208c16d87cfd47, 0x97816a916871ca8d,
                                                     0xb85045b68181585d, 0x30644e72e131a029};
};

// What arithmetic modulo a prime below 2^254 takes.
template <class Prime>
struct Modulus {
  static constexpr Constant kValue = split(Prime::kModulus);
  // -p^-1 mod 2^52, by Newton's iteration.
  static constexpr std::uint64_t kInverse = [] {
    std::uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i) inverse *= 2 - Prime::kModulus[0] * inverse;
    return (0 - inverse) & kLimbMask;
  }();
  // (p * kInverse + 1) / 2^52, which is 2^-52 mod p: what a limb that is divided away turns into.
  static constexpr Constant kFold = [] {
    Constant result{};
    unsigned __int128 carry = 1;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      carry += static_cast<unsigned __int128>(kValue.limb[i]) * kInverse;
      if (i > 0) result.limb[i - 1] = static_cast<std::uint64_t>(carry) & kLimbMask;
      carry >>= 52;
    }
    result.limb[kLimbs - 1] = static_cast<std::uint64_t>(carry);
    return result;
  }();
  // Limb by limb: the greatest multiple of p that is at most i 2^254, but for i = 15 it is 0.
  struct Multiples {
    Table limb[kLimbs];
  };
  static constexpr Multiples kMultiples = [] {
    Multiples result{};
    Constant multiple{};
    for (std::uint64_t i = 1, factor = 0; i < 15; ++i) {
      const Constant most{{0, 0, 0, 0, i << 46}};
      while (!less(most, times(kValue, factor + 1))) multiple = times(kValue, ++factor);
      for (std::size_t j = 0; j < kLimbs; ++j) result.limb[j].entry[i] = multiple.limb[j];
    }
    return result;
  }();
  static constexpr Constant power_of_two(std::size_t exponent) {
    Constant value{{1, 0, 0, 0, 0}};
    for (std::size_t i = 0; i < exponent; ++i) {
      value = times(value, 2);
      if (!less(value, kValue)) value = minus(value, kValue);
    }
    return value;
  }
};

// N p is at most 2^260 for N up to here; the product of two bounds may be as large, for then
// a b / 2^260 is at most p.
constexpr unsigned kMostBound = 84;

template <class Modulus, unsigned Bound>
struct Lanes {
  static_assert(Bound >= 1 && Bound <= kMostBound);
  Vector limb[kLimbs];  // each below 2^52

  // A larger bound holds as well.
  template <unsigned Larger>
    requires(Larger > Bound)
  ZKP_LANES operator Lanes<Modulus, Larger>() const {
    Lanes<Modulus, Larger> same;
    for (std::size_t i = 0; i < kLimbs; ++i) same.limb[i] = limb[i];
    return same;
  }
};

// The same without the carries: limbs of any sign, as sums and differences may have them.
template <class Modulus, unsigned Bound>
struct Uncarried {
  Vector limb[kLimbs];
};

// The same with bits above the 52 of a limb that mean nothing, and that products do not look at.
template <class Modulus, unsigned Bound>
struct Factor {
  Vector limb[kLimbs];

  Factor() = default;
  ZKP_LANES Factor(const Lanes<Modulus, Bound>& lanes) {
    for (std::size_t i = 0; i < kLimbs; ++i) limb[i] = lanes.limb[i];
  }
  template <unsigned Smaller>
    requires(Smaller < Bound)
  ZKP_LANES Factor(const Factor<Modulus, Smaller>& other) {
    for (std::size_t i = 0; i < kLimbs; ++i) limb[i] = other.limb[i];
  }
};

// A double-length product by columns of weight 2^(52 i), signed and not carried.
struct Columns {
  Vector column[2 * kLimbs];
};

template <class Modulus, unsigned Bound>
ZKP_LANES Lanes<Modulus, Bound> broadcast(const Constant& value) {
  Lanes<Modulus, Bound> lanes;
  for (std::size_t i = 0; i < kLimbs; ++i) lanes.limb[i] = broadcast(value.limb[i]);
  return lanes;
}

// REQUIRES, as for factor_of: the value is not negative.
template <class Modulus, unsigned Bound>
ZKP_LANES Lanes<Modulus, Bound> carried(const Uncarried<Modulus, Bound>& value) {
  Lanes<Modulus, Bound> result;
  Vector running = value.limb[0];
  for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
    result.limb[i] = running & broadcast(kLimbMask);
    running = value.limb[i + 1] + carry_of(running);
  }
  result.limb[kLimbs - 1] = running;
  return result;
}
template <class Modulus, unsigned Bound>
ZKP_LANES Factor<Modulus, Bound> factor_of(const Uncarried<Modulus, Bound>& value) {
  Factor<Modulus, Bound> result;
  result.limb[0] = value.limb[0];
  for (std::size_t i = 1; i < kLimbs; ++i) {
    result.limb[i] = value.limb[i] + carry_of(result.limb[i - 1]);
  }
  return result;
}

template <class Modulus, unsigned A, unsigned B, template <class, unsigned> class FormA,
          template <class, unsigned> class FormB>
ZKP_LANES Uncarried<Modulus, A + B> sum(const FormA<Modulus, A>& a, const FormB<Modulus, B>& b) {
  Uncarried<Modulus, A + B> result;
  for (std::size_t i = 0; i < kLimbs; ++i) result.limb[i] = a.limb[i] + b.limb[i];
  return result;
}

// (a - b) * 2^Shift, kept positive by a multiple of p; a and b with their carries or without.
template <unsigned Shift = 0, class Modulus, unsigned A, unsigned B,
          template <class, unsigned> class FormA, template <class, unsigned> class FormB>
ZKP_LANES Uncarried<Modulus, (A + B) << Shift> difference(const FormA<Modulus, A>& a,
                                                          const FormB<Modulus, B>& b) {
  constexpr Constant kMultiple = times(Modulus::kValue, B);
  Uncarried<Modulus, (A + B) << Shift> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] = shifted_left<Shift>(a.limb[i] + broadcast(kMultiple.limb[i]) - b.limb[i]);
  }
  return result;
}

// Where the mask has a bit, p - value; elsewhere value.
template <class Modulus>
ZKP_LANES Uncarried<Modulus, 1> negated_where(Mask mask, const Lanes<Modulus, 1>& value) {
  Uncarried<Modulus, 1> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] =
        selected(mask, broadcast(Modulus::kValue.limb[i]) - value.limb[i], value.limb[i]);
  }
  return result;
}

template <class Modulus, unsigned Bound, template <class, unsigned> class Form>
ZKP_LANES Form<Modulus, Bound> selected(Mask mask, const Form<Modulus, Bound>& where_set,
                                        const Form<Modulus, Bound>& elsewhere) {
  Form<Modulus, Bound> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] = selected(mask, where_set.limb[i], elsewhere.limb[i]);
  }
  return result;
}

template <class Modulus>
ZKP_LANES Mask is_zero(const Lanes<Modulus, 1>& a) {
  Vector all = a.limb[0];
  for (std::size_t i = 1; i < kLimbs; ++i) all = all | a.limb[i];
  return equal(all, zero());
}
template <class Modulus>
ZKP_LANES Mask equal(const Lanes<Modulus, 1>& a, const Lanes<Modulus, 1>& b) {
  Mask mask = equal(a.limb[0], b.limb[0]);
  for (std::size_t i = 1; i < kLimbs; ++i) mask = mask & equal(a.limb[i], b.limb[i]);
  return mask;
}

// value - Bound / 2 * p where that is not negative, and so on down to the number below p.
template <class Modulus, unsigned Bound>
ZKP_LANES Lanes<Modulus, 1> canonical(const Lanes<Modulus, Bound>& value) {
  if constexpr (Bound == 1) {
    return value;
  } else {
    constexpr unsigned kHalf = (Bound + 1) / 2;
    constexpr Constant kMultiple = times(Modulus::kValue, kHalf);
    Uncarried<Modulus, kHalf> lower;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      lower.limb[i] = value.limb[i] - broadcast(kMultiple.limb[i]);
    }
    const Lanes<Modulus, kHalf> reduced = carried(lower);
    const Mask negative = is_negative(reduced.limb[kLimbs - 1]);
    Lanes<Modulus, kHalf> result;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      result.limb[i] = selected(negative, value.limb[i], reduced.limb[i]);
    }
    return canonical(result);
  }
}

template <class Modulus, unsigned Bound>
ZKP_LANES Lanes<Modulus, 1> canonical(const Uncarried<Modulus, Bound>& value) {
  return canonical(carried(value));
}

// Takes off the multiple of p that the bits of weight 2^254 and more tell, below which 2.3 p stay:
// cheaper than to compare, and from any bound at once. The carries that are still to come change
// those bits by one at most, which the multiples allow for: none but 0 is near i 2^254, and i = 15
// stands for -1. REQUIRES: the value is not negative.
template <class Modulus, unsigned Bound, template <class, unsigned> class Form>
ZKP_LANES Lanes<Modulus, 3> lowered(const Form<Modulus, Bound>& value) {
  static_assert(Bound <= 19);
  const Vector index = shifted_right<46>(value.limb[kLimbs - 1]);
  Uncarried<Modulus, 3> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] = value.limb[i] - looked_up(Modulus::kMultiples.limb[i], index);
  }
  return carried(result);
}

template <class Modulus, unsigned A, unsigned B, template <class, unsigned> class FormA,
          template <class, unsigned> class FormB>
ZKP_LANES Columns wide_product(const FormA<Modulus, A>& a, const FormB<Modulus, B>& b) {
  Columns t;
  for (Vector& column : t.column) column = zero();
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = 0; j < kLimbs; ++j) {
      t.column[i + j] = low_product(t.column[i + j], a.limb[i], b.limb[j]);
      t.column[i + j + 1] = high_product(t.column[i + j + 1], a.limb[i], b.limb[j]);
    }
  }
  return t;
}

template <class Modulus, unsigned A, template <class, unsigned> class Form>
ZKP_LANES Columns wide_square(const Form<Modulus, A>& a) {
  Columns t;
  for (Vector& column : t.column) column = zero();
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = i + 1; j < kLimbs; ++j) {
      t.column[i + j] = low_product(t.column[i + j], a.limb[i], a.limb[j]);
      t.column[i + j + 1] = high_product(t.column[i + j + 1], a.limb[i], a.limb[j]);
    }
  }
  for (Vector& column : t.column) column = column + column;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    t.column[2 * i] = low_product(t.column[2 * i], a.limb[i], a.limb[i]);
    t.column[2 * i + 1] = high_product(t.column[2 * i + 1], a.limb[i], a.limb[i]);
  }
  return t;
}

ZKP_LANES Columns add(const Columns& a, const Columns& b) {
  Columns result;
  for (std::size_t i = 0; i < 2 * kLimbs; ++i) {
    result.column[i] = a.column[i] + b.column[i];
  }
  return result;
}

ZKP_LANES Columns subtract(const Columns& a, const Columns& b) {
  Columns result;
  for (std::size_t i = 0; i < 2 * kLimbs; ++i) {
    result.column[i] = a.column[i] - b.column[i];
  }
  return result;
}

// t / 2^260 + Raise * p, which must lie between 0 and Bound p. The first three limbs are folded
// upwards, each at the cost of a row of products and none for the factor of a Montgomery step,
// since p * kInverse is -1 mod 2^52; two Montgomery steps then bring the sum below p + 2^202 (for
// t = 0, and t / 2^260 more otherwise).
template <class Modulus, unsigned Bound, unsigned Raise = 0>
ZKP_LANES Uncarried<Modulus, Bound> reduced(Columns t) {
  constexpr std::size_t kFolded = 3;
  for (std::size_t i = 0; i < kFolded; ++i) {
    const Vector folded = t.column[i];
    t.column[i + 1] = t.column[i + 1] + carry_of(folded);
    for (std::size_t j = 0; j < kLimbs; ++j) {
      const Vector fold = broadcast(Modulus::kFold.limb[j]);
      t.column[i + 1 + j] = low_product(t.column[i + 1 + j], folded, fold);
      t.column[i + 2 + j] = high_product(t.column[i + 2 + j], folded, fold);
    }
  }
  for (std::size_t i = kFolded; i < kLimbs; ++i) {
    const Vector factor = low_product(zero(), t.column[i], broadcast(Modulus::kInverse));
    for (std::size_t j = 0; j < kLimbs; ++j) {
      const Vector limb = broadcast(Modulus::kValue.limb[j]);
      t.column[i + j] = low_product(t.column[i + j], factor, limb);
      t.column[i + j + 1] = high_product(t.column[i + j + 1], factor, limb);
    }
    t.column[i + 1] = t.column[i + 1] + carry_of(t.column[i]);
  }
  Uncarried<Modulus, Bound> result;
  constexpr Constant kRaise = times(Modulus::kValue, Raise);
  for (std::size_t i = 0; i < kLimbs; ++i) {
    result.limb[i] = t.column[kLimbs + i];
    if constexpr (Raise > 0) result.limb[i] = result.limb[i] + broadcast(kRaise.limb[i]);
  }
  return result;
}

// a * b / 2^260, for lanes or factors.
template <class Modulus, unsigned A, unsigned B, template <class, unsigned> class FormA,
          template <class, unsigned> class FormB>
ZKP_LANES Uncarried<Modulus, 2> product(const FormA<Modulus, A>& a, const FormB<Modulus, B>& b) {
  static_assert(A * B <= kMostBound);
  return reduced<Modulus, 2>(wide_product<Modulus, A, B>(a, b));
}

template <class Modulus, unsigned A, template <class, unsigned> class Form>
ZKP_LANES Uncarried<Modulus, 2> square(const Form<Modulus, A>& a) {
  static_assert(A * A <= kMostBound);
  return reduced<Modulus, 2>(wide_square<Modulus, A>(a));
}

// From words of 64 bits, times 2^Shift.
template <class Modulus, unsigned Shift = 0>
ZKP_LANES Lanes<Modulus, 1 << Shift> from_words(const Vector (&word)[kWords]) {
  const Vector mask = broadcast(kLimbMask);
  Lanes<Modulus, 1 << Shift> lanes;
  lanes.limb[0] = shifted_left<Shift>(word[0]) & mask;
  lanes.limb[1] = shifted_right<52 - Shift>(word[0], word[1]) & mask;
  lanes.limb[2] = shifted_right<40 - Shift>(word[1], word[2]) & mask;
  lanes.limb[3] = shifted_right<28 - Shift>(word[2], word[3]) & mask;
  lanes.limb[4] = shifted_right<16 - Shift>(word[3]);
  return lanes;
}

// N p is below 2^256 for N up to 5.
template <class Modulus, unsigned Bound>
  requires(Bound <= 5)
ZKP_LANES void to_words(const Lanes<Modulus, Bound>& lanes, Vector (&word)[kWords]) {
  word[0] = lanes.limb[0] | shifted_left<52>(lanes.limb[1]);
  word[1] = shifted_right<12>(lanes.limb[1]) | shifted_left<40>(lanes.limb[2]);
  word[2] = shifted_right<24>(lanes.limb[2]) | shifted_left<28>(lanes.limb[3]);
  word[3] = shifted_right<36>(lanes.limb[3]) | shifted_left<16>(lanes.limb[4]);
}

template <class Modulus>
ZKP_LANES Lanes<Modulus, 1> broadcast_words(const std::uint64_t (&words)[kWords]) {
  Vector word[kWords];
  for (std::size_t i = 0; i < kWords; ++i) word[i] = broadcast(words[i]);
  return from_words<Modulus>(word);
}
template <class Modulus>
ZKP_LANES void first_lane(const Lanes<Modulus, 1>& lanes, std::uint64_t (&words)[kWords]) {
  Vector word[kWords];
  to_words(lanes, word);
  for (std::size_t i = 0; i < kWords; ++i) {
    const __m128i first = _mm512_castsi512_si128(word[i].lanes);
    words[i] = static_cast<std::uint64_t>(_mm_cvtsi128_si64(first));
  }
}

// Every lane gets what is so many lanes above it, around the end.
template <int Places, class Modulus, unsigned Bound>
ZKP_LANES Factor<Modulus, Bound> rotated(const Factor<Modulus, Bound>& lanes) {
  Factor<Modulus, Bound> result;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const __m512i limb = lanes.limb[i].lanes;
    result.limb[i].lanes = _mm512_alignr_epi64(limb, limb, Places);
  }
  return result;
}

// Eight neighbouring elements to one vector for each word, and back. The lanes hold the elements 0,
// 2, 1, 3, 4, 6, 5, 7.
ZKP_LANES void load_words(const void* elements, Vector (&word)[kWords]) {
  const auto* const from = static_cast<const char*>(elements);
  const __m512i pair0 = _mm512_loadu_si512(from);
  const __m512i pair1 = _mm512_loadu_si512(from + 64);
  const __m512i pair2 = _mm512_loadu_si512(from + 128);
  const __m512i pair3 = _mm512_loadu_si512(from + 192);
  const __m512i even0 = _mm512_unpacklo_epi64(pair0, pair1);
  const __m512i even1 = _mm512_unpacklo_epi64(pair2, pair3);
  const __m512i odd0 = _mm512_unpackhi_epi64(pair0, pair1);
  const __m512i odd1 = _mm512_unpackhi_epi64(pair2, pair3);
  word[0].lanes = _mm512_shuffle_i64x2(even0, even1, 0b10'00'10'00);
  word[1].lanes = _mm512_shuffle_i64x2(odd0, odd1, 0b10'00'10'00);
  word[2].lanes = _mm512_shuffle_i64x2(even0, even1, 0b11'01'11'01);
  word[3].lanes = _mm512_shuffle_i64x2(odd0, odd1, 0b11'01'11'01);
}

ZKP_LANES void store_words(const Vector (&word)[kWords], void* elements) {
  auto* const to = static_cast<char*>(elements);
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  // Words 0 and 1, or 2 and 3, of the elements 0, 1, 4, 5 or 2, 3, 6, 7.
  const __m512i low0 = _mm512_unpacklo_epi64(word[0].lanes, word[1].lanes);
  const __m512i low1 = _mm512_unpackhi_epi64(word[0].lanes, word[1].lanes);
  const __m512i high0 = _mm512_unpacklo_epi64(word[2].lanes, word[3].lanes);
  const __m512i high1 = _mm512_unpackhi_epi64(word[2].lanes, word[3].lanes);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi64(low0, first, high0));
  _mm512_storeu_si512(to + 64, _mm512_permutex2var_epi64(low1, first, high1));
  _mm512_storeu_si512(to + 128, _mm512_permutex2var_epi64(low0, second, high0));
  _mm512_storeu_si512(to + 192, _mm512_permutex2var_epi64(low1, second, high1));
}

// Rows to columns, of eight by eight words.
ZKP_LANES void transpose(__m512i (&row)[8]) {
  __m512i pair[8];
  for (std::size_t i = 0; i < 8; i += 2) {
    pair[i] = _mm512_unpacklo_epi64(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_epi64(row[i], row[i + 1]);
  }
  for (std::size_t odd = 0; odd < 2; ++odd) {
    const __m512i low0 = _mm512_shuffle_i64x2(pair[odd], pair[2 + odd], 0x44);
    const __m512i high0 = _mm512_shuffle_i64x2(pair[odd], pair[2 + odd], 0xee);
    const __m512i low1 = _mm512_shuffle_i64x2(pair[4 + odd], pair[6 + odd], 0x44);
    const __m512i high1 = _mm512_shuffle_i64x2(pair[4 + odd], pair[6 + odd], 0xee);
    row[odd] = _mm512_shuffle_i64x2(low0, low1, 0x88);
    row[2 + odd] = _mm512_shuffle_i64x2(low0, low1, 0xdd);
    row[4 + odd] = _mm512_shuffle_i64x2(high0, high1, 0x88);
    row[6 + odd] = _mm512_shuffle_i64x2(high0, high1, 0xdd);
  }
}

}  // namespace
}  // namespace zkp::prover::field
