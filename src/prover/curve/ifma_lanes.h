#pragma once

#include <immintrin.h>

#include "prover/curve/vector_pairing.h"

// Fq and Fq2 in the eight lanes of AVX-512, by its multiplier of 52-bit integers. For files that
// are compiled for it, each with a copy of its own.
namespace zkp::prover::curve {
namespace {

using Vector = __m512i;

constexpr int kLimbs = 5;
constexpr int kBits = 52;
constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;

constexpr std::uint64_t kModulus[kLimbs] = {0x08c16d87cfd47, 0x916871ca8d3c2, 0x181585d97816a,
                                            0xa029b85045b68, 0x030644e72e131};
constexpr std::uint64_t kInverse = 0x20782e4866389;  // -q^-1 mod 2^52

inline Vector all(std::uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }

// Eight elements of Fq.
// Form: Montgomery (value * 2^260 mod q), five limbs of 52 bits, least significant first.
// Invariant: limbs below 2^52; the integer is below 2.4 q, and need not be the least one.
struct Fq {
  Vector limb[kLimbs];
};

// Limbs of any sign below 2^62 to limbs of 52 bits. REQUIRES: the integer is not negative.
[[gnu::always_inline]] inline Fq carried(Fq a) {
  for (int i = 0; i + 1 < kLimbs; ++i) {
    a.limb[i + 1] = _mm512_add_epi64(a.limb[i + 1], _mm512_srai_epi64(a.limb[i], kBits));
    a.limb[i] = _mm512_and_si512(a.limb[i], all(kMask));
  }
  return a;
}

// Limb i of k q for k = floor(unit 2^254 / q), as it fits in 52 bits for every i but the last.
struct Multiples {
  alignas(64) long long limb[kLimbs][16];
};
constexpr Multiples kMultiples = [] {
  Multiples multiples{};
  for (int unit = -8; unit < 8; ++unit) {
    // q = 0.7559.. * 2^254: no unit here is near a multiple of q.
    const int k = unit >= 0 ? unit * 10000 / 7559 : -((-unit * 10000 + 7558) / 7559);
    for (int i = 0; i < kLimbs; ++i) {
      multiples.limb[i][unit & 15] = static_cast<long long>(kModulus[i]) * k;
    }
  }
  return multiples;
}();

// A sum of up to four elements and opposites to an element: takes off the multiple of q that its
// bits of weight 2^254 and more tell, a little less than they say lest the result be negative.
[[gnu::always_inline]] inline Fq reduced(Fq a) {
  const Vector unit = _mm512_srai_epi64(_mm512_sub_epi64(a.limb[4], all(16)), 254 - 4 * kBits);
  for (int i = 0; i < kLimbs; ++i) {
    const Vector low = _mm512_load_si512(&kMultiples.limb[i][0]);
    const Vector high = _mm512_load_si512(&kMultiples.limb[i][8]);
    a.limb[i] = _mm512_sub_epi64(a.limb[i], _mm512_permutex2var_epi64(low, unit, high));
  }
  return carried(a);
}

[[gnu::always_inline]] inline Fq sum(Fq a, const Fq& b) {
  for (int i = 0; i < kLimbs; ++i) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
  return a;
}
[[gnu::always_inline]] inline Fq difference(Fq a, const Fq& b) {
  for (int i = 0; i < kLimbs; ++i) a.limb[i] = _mm512_sub_epi64(a.limb[i], b.limb[i]);
  return a;
}
// a + 3 q - b, below 5.4 q
[[gnu::always_inline]] inline Fq positive_difference(Fq a, const Fq& b) {
  for (int i = 0; i < kLimbs; ++i) a.limb[i] = _mm512_add_epi64(a.limb[i], all(3 * kModulus[i]));
  return carried(difference(a, b));
}

// The columns of a sum of products, not yet reduced.
struct Columns {
  Vector column[2 * kLimbs];
};
[[gnu::always_inline]] inline void add_product(Columns& sums, const Fq& a, const Fq& b) {
  for (int i = 0; i < kLimbs; ++i) {
    for (int j = 0; j < kLimbs; ++j) {
      sums.column[i + j] = _mm512_madd52lo_epu64(sums.column[i + j], a.limb[i], b.limb[j]);
      sums.column[i + j + 1] = _mm512_madd52hi_epu64(sums.column[i + j + 1], a.limb[i], b.limb[j]);
    }
  }
}
// sums / 2^260 mod q, below q + sums / 2^260. Columns may be negative. REQUIRES: the result is not.
[[gnu::always_inline]] inline Fq montgomery_reduced(Columns sums) {
  const Vector zero = _mm512_setzero_si512();
  for (int i = 0; i < kLimbs; ++i) {
    const Vector factor = _mm512_madd52lo_epu64(zero, sums.column[i], all(kInverse));
    for (int j = 0; j < kLimbs; ++j) {
      const Vector modulus = all(kModulus[j]);
      sums.column[i + j] = _mm512_madd52lo_epu64(sums.column[i + j], factor, modulus);
      sums.column[i + j + 1] = _mm512_madd52hi_epu64(sums.column[i + j + 1], factor, modulus);
    }
    sums.column[i + 1] =
        _mm512_add_epi64(sums.column[i + 1], _mm512_srai_epi64(sums.column[i], kBits));
  }
  Fq result;
  for (int i = 0; i < kLimbs; ++i) result.limb[i] = sums.column[kLimbs + i];
  return carried(result);
}

// By the square's symmetry.
[[gnu::always_inline]] inline Fq square(const Fq& a) {
  Columns sums{};
  for (int i = 0; i < kLimbs; ++i) {
    for (int j = i + 1; j < kLimbs; ++j) {
      sums.column[i + j] = _mm512_madd52lo_epu64(sums.column[i + j], a.limb[i], a.limb[j]);
      sums.column[i + j + 1] = _mm512_madd52hi_epu64(sums.column[i + j + 1], a.limb[i], a.limb[j]);
    }
  }
  for (Vector& column : sums.column) column = _mm512_add_epi64(column, column);
  for (int i = 0; i < kLimbs; ++i) {
    sums.column[2 * i] = _mm512_madd52lo_epu64(sums.column[2 * i], a.limb[i], a.limb[i]);
    sums.column[2 * i + 1] = _mm512_madd52hi_epu64(sums.column[2 * i + 1], a.limb[i], a.limb[i]);
  }
  return montgomery_reduced(sums);
}

[[gnu::always_inline]] inline Fq product(const Fq& a, const Fq& b) {
  Columns sums{};
  add_product(sums, a, b);
  return montgomery_reduced(sums);
}

inline Fq operator+(const Fq& a, const Fq& b) { return reduced(sum(a, b)); }
inline Fq operator-(const Fq& a, const Fq& b) { return reduced(difference(a, b)); }
[[gnu::noinline]] inline Fq operator*(const Fq& a, const Fq& b) { return product(a, b); }
[[gnu::noinline]] inline Fq squared(const Fq& a) { return square(a); }

// Takes the lanes of `mask` from b, the others from a.
inline Fq blend(__mmask8 mask, Fq a, const Fq& b) {
  for (int i = 0; i < kLimbs; ++i) a.limb[i] = _mm512_mask_mov_epi64(a.limb[i], mask, b.limb[i]);
  return a;
}

inline Fq constant(const std::uint64_t (&limbs)[kLimbs]) {
  Fq result;
  for (int i = 0; i < kLimbs; ++i) result.limb[i] = all(limbs[i]);
  return result;
}

// 2^264, 2^260 and 2^256 mod q.
constexpr std::uint64_t k2To264[kLimbs] = {0xb0f2afaec667a, 0xed9626b0fffbd, 0x9e2a0fcad825a,
                                           0xe357276f48b70, 0x00d791464ef86};
constexpr std::uint64_t k2To260[kLimbs] = {0x20880f6fce4b4, 0x49baa989a8455, 0x18f014a498908,
                                           0x724f85a9201d8, 0x01f16424e1bb7};
constexpr std::uint64_t k2To256[kLimbs] = {0xd438dc58f0d9d, 0x28f5c70b3dd35, 0x879462c0a78eb,
                                           0xdf2f666ea36f7, 0x00e0a77c19a07};

// From value * 2^256 mod q; element i is `stride` bytes after element i - 1.
inline Fq load(const RawFq* first, std::size_t stride) {
  const auto step = static_cast<long long>(stride);
  const Vector offsets =
      _mm512_set_epi64(7 * step, 6 * step, 5 * step, 4 * step, 3 * step, 2 * step, step, 0);
  Vector word[4];
  for (int i = 0; i < 4; ++i) word[i] = _mm512_i64gather_epi64(offsets, &first->limb[i], 1);
  Fq raw;
  raw.limb[0] = _mm512_and_si512(word[0], all(kMask));
  for (unsigned i = 1; i < 4; ++i) {
    const Vector low = _mm512_srli_epi64(word[i - 1], 64 - 12 * i);
    const Vector high = _mm512_slli_epi64(word[i], 12 * i);
    raw.limb[i] = _mm512_and_si512(_mm512_or_si512(low, high), all(kMask));
  }
  raw.limb[4] = _mm512_srli_epi64(word[3], 16);
  return product(raw, constant(k2To264));
}

// To value * 2^256 mod q, the least.
inline void store(const Fq& a, RawFq* first, std::size_t stride) {
  Fq least = product(a, constant(k2To256));  // below 1.1 q
  Fq below = least;
  for (int i = 0; i < kLimbs; ++i) {
    below.limb[i] = _mm512_sub_epi64(below.limb[i], all(kModulus[i]));
  }
  below = carried(below);
  least = blend(_mm512_cmpge_epi64_mask(below.limb[4], _mm512_setzero_si512()), least, below);
  alignas(64) std::uint64_t limb[kLimbs][kLanes];
  for (int i = 0; i < kLimbs; ++i) _mm512_store_si512(limb[i], least.limb[i]);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    auto* out = reinterpret_cast<RawFq*>(reinterpret_cast<unsigned char*>(first) + lane * stride);
    for (unsigned i = 0; i < 4; ++i) {
      out->limb[i] = limb[i][lane] >> (12 * i) | limb[i + 1][lane] << (kBits - 12 * i);
    }
  }
}

// Eight elements of Fq2.
struct Fq2 {
  Fq c0, c1;

  static Fq2 zero() { return {}; }
  static Fq2 one() { return {constant(k2To260), {}}; }

  friend Fq2 operator+(const Fq2& a, const Fq2& b) { return {a.c0 + b.c0, a.c1 + b.c1}; }
  friend Fq2 operator-(const Fq2& a, const Fq2& b) { return {a.c0 - b.c0, a.c1 - b.c1}; }
  friend Fq2 operator-(const Fq2& a) { return zero() - a; }
  friend Fq2 operator*(const Fq2& a, const Fq2& b);
  friend Fq2 operator*(const Fq2& a, const Fq& b) { return {a.c0 * b, a.c1 * b}; }
  [[nodiscard]] Fq2 doubled() const { return *this + *this; }
  [[nodiscard, gnu::noinline]] Fq2 squared() const {
    return {product(carried(sum(c0, c1)), positive_difference(c0, c1)),
            product(carried(sum(c0, c0)), c1)};
  }
  [[nodiscard]] Fq2 times_non_residue() const {
    const Fq four0 = reduced(sum(sum(c0, c0), sum(c0, c0)));
    const Fq four1 = reduced(sum(sum(c1, c1), sum(c1, c1)));
    return {reduced(difference(sum(sum(four0, four0), c0), c1)),
            reduced(sum(sum(sum(four1, four1), c1), c0))};
  }
};

// A factor of several products in Fq2.
struct Factor {
  Fq2 value;
  Fq sum;  // of its two coefficients
};
[[gnu::always_inline]] inline Factor factor(const Fq2& a) { return {a, carried(sum(a.c0, a.c1))}; }

// A sum of up to six products in Fq2, each by Karatsuba, with two reductions for all of them
// (Aranha and others 2011, section 3).
struct Sums {
  Columns low{}, high{}, cross{};

  [[gnu::always_inline]] void add(const Factor& a, const Fq2& b) {
    add_product(low, a.value.c0, b.c0);
    add_product(high, a.value.c1, b.c1);
    add_product(cross, a.sum, carried(sum(b.c0, b.c1)));
  }
  // The real part is above -0.5 q before q is added, and both are below 2.4 q.
  [[nodiscard]] Fq2 reduced() {
    for (int i = 0; i < 2 * kLimbs; ++i) {
      const Vector both = _mm512_add_epi64(low.column[i], high.column[i]);
      cross.column[i] = _mm512_sub_epi64(cross.column[i], both);
      low.column[i] = _mm512_sub_epi64(low.column[i], high.column[i]);
    }
    for (int i = 0; i < kLimbs; ++i) {
      low.column[kLimbs + i] = _mm512_add_epi64(low.column[kLimbs + i], all(kModulus[i]));
    }
    return {montgomery_reduced(low), montgomery_reduced(cross)};
  }
};

[[gnu::noinline]] inline Fq2 operator*(const Fq2& a, const Fq2& b) {
  Sums sums;
  sums.add(factor(a), b);
  return sums.reduced();
}

inline Fq2 load(const RawFq2* first, std::size_t stride) {
  return {load(&first->c0, stride), load(&first->c1, stride)};
}
inline void store(const Fq2& a, RawFq2* first, std::size_t stride) {
  store(a.c0, &first->c0, stride);
  store(a.c1, &first->c1, stride);
}

}  // namespace
}  // namespace zkp::prover::curve
