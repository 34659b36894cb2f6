// Transforms with AVX-512 IFMA, of eight columns or eight rows at once.

#if defined(__x86_64__)

#include "prover/field/lanes.h"
#include "prover/poly/transform_kernels.h"

namespace zkp::prover::poly {
namespace {

using field::broadcast;
using field::carry_of;
using field::Constant;
using field::high_product;
using field::kLanes;
using field::kLimbs;
using field::kMostBound;
using field::kWords;
using field::Lanes;
using field::low_product;
using field::Vector;

using Fr = field::Modulus<field::FrPrime>;

static_assert(kTransformLanes == kLanes);

// Numbers modulo 2^260 by limbs of any sign, whose carries are put off: what they are modulo 2^260
// lies between 0 and kMostBound p.
struct Value {
  Vector limb[kLimbs];
};

// What a result is below, in multiples of p.
constexpr unsigned kReducedBound = 2;
constexpr unsigned kProductBound = 6;
constexpr unsigned kTwistBound = 11;

constexpr Constant kNegativeP = minus(Constant{}, Fr::kValue);

// -p^-1 mod 2^260
constexpr Constant kNegativeInverse = [] {
  Constant inverse{};
  std::uint64_t sum[2 * kLimbs + 1] = {1};  // 1 + inverse * p
  for (std::size_t i = 0; i < kLimbs; ++i) {
    inverse.limb[i] = (sum[i] * Fr::kInverse) & field::kLimbMask;
    unsigned __int128 carry = 0;
    for (std::size_t j = 0; i + j < 2 * kLimbs; ++j) {
      carry += sum[i + j];
      if (j < kLimbs) carry += static_cast<unsigned __int128>(inverse.limb[i]) * Fr::kValue.limb[j];
      sum[i + j] = static_cast<std::uint64_t>(carry) & field::kLimbMask;
      carry >>= 52;
    }
  }
  return inverse;
}();

// floor(2^300 / p)
constexpr std::uint64_t kReciprocal = [] {
  std::uint64_t quotient = 0;
  Constant rest{{1, 0, 0, 0, 0}};
  for (int i = 0; i < 300; ++i) {
    rest = times(rest, 2);
    quotient *= 2;
    if (less(rest, Fr::kValue)) continue;
    rest = minus(rest, Fr::kValue);
    ++quotient;
  }
  return quotient;
}();

// The lower 52 bits of every limb become right. What stands above them is ignored by products.
ZKP_LANES void propagate(Vector (&limb)[kLimbs]) {
  for (std::size_t i = 0; i + 1 < kLimbs; ++i) limb[i + 1] = limb[i + 1] + carry_of(limb[i]);
}

// The lower half of a product. REQUIRES: propagated limbs.
template <class Factor>
ZKP_LANES void add_low_half(Vector (&sum)[kLimbs], const Vector (&a)[kLimbs], const Factor& b) {
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = 0; i + j < kLimbs; ++j) {
      sum[i + j] = low_product(sum[i + j], a[i], b(j));
      if (i + j + 1 < kLimbs) sum[i + j + 1] = high_product(sum[i + j + 1], a[i], b(j));
    }
  }
}

// Every limb times its own multiple of the factor: six limbs, and one Montgomery step is left. The
// sum is below 5 * 2^52 p, and the step adds 2^52 p at most.
ZKP_LANES Value product(Value value, const Multiplier& factor) {
  propagate(value.limb);
  Vector t[kLimbs + 1];
  for (Vector& column : t) column = field::zero();
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = 0; j < kLimbs; ++j) {
      const Vector multiple = broadcast(factor.multiple[i][j]);
      t[j] = low_product(t[j], value.limb[i], multiple);
      t[j + 1] = high_product(t[j + 1], value.limb[i], multiple);
    }
  }
  const Vector step = low_product(field::zero(), t[0], broadcast(Fr::kInverse));
  for (std::size_t j = 0; j < kLimbs; ++j) {
    const Vector limb = broadcast(Fr::kValue.limb[j]);
    t[j] = low_product(t[j], step, limb);
    t[j + 1] = high_product(t[j + 1], step, limb);
  }
  t[1] = t[1] + carry_of(t[0]);
  Value result;
  for (std::size_t i = 0; i < kLimbs; ++i) result.limb[i] = t[i + 1];
  return result;
}

// value * number - q * p for q = value * quotient / 2^260, which is taken from the upper five
// columns of that product alone. The nine terms of column 4 make q too small by 9 at most, rounding
// the quotient by 1 more.
ZKP_LANES Value product(Value value, const Twist& twist) {
  Vector(&a)[kLimbs] = value.limb;
  propagate(a);
  Vector q[kLimbs];
  for (Vector& limb : q) limb = field::zero();
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = kLimbs - 1 - i; j < kLimbs; ++j) {
      const Vector quotient{_mm512_load_si512(twist.quotient[j])};
      const std::size_t column = i + j + 1 - kLimbs;
      q[column] = high_product(q[column], a[i], quotient);
      if (column > 0) q[column - 1] = low_product(q[column - 1], a[i], quotient);
    }
  }
  Value result;
  for (Vector& limb : result.limb) limb = field::zero();
  add_low_half(result.limb, a,
               [&](std::size_t j) { return Vector{_mm512_load_si512(twist.number[j])}; });
  propagate(q);
  add_low_half(result.limb, q, [](std::size_t j) { return broadcast(kNegativeP.limb[j]); });
  return result;
}

// Minus a multiple of p that is told from the upper 12 bits: below 1.03 p.
ZKP_LANES Value reduced(Value value) {
  propagate(value.limb);
  for (Vector& limb : value.limb) limb = limb & broadcast(field::kLimbMask);
  const Vector top = field::shifted_right<40>(value.limb[kLimbs - 1]);
  const Vector multiple = high_product(field::zero(), top, broadcast(kReciprocal));
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const Vector negative = broadcast(kNegativeP.limb[i]);
    value.limb[i] = low_product(value.limb[i], multiple, negative);
    if (i + 1 < kLimbs) {
      value.limb[i + 1] = high_product(value.limb[i + 1], multiple, negative);
    }
  }
  return value;
}

ZKP_LANES Lanes<Fr, kReducedBound> carried(Value value) {
  Lanes<Fr, kReducedBound> lanes;
  propagate(value.limb);
  for (std::size_t i = 0; i < kLimbs; ++i) {
    lanes.limb[i] = value.limb[i] & broadcast(field::kLimbMask);
  }
  return lanes;
}

// (a, b) <- (a + b, a - b + Bound * p). REQUIRES: b is below Bound * p.
template <unsigned Bound>
ZKP_LANES void cross(Value& a, Value& b) {
  constexpr Constant kMultiple = times(Fr::kValue, Bound);
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const Vector sum = a.limb[i] + b.limb[i];
    b.limb[i] = a.limb[i] + broadcast(kMultiple.limb[i]) - b.limb[i];
    a.limb[i] = sum;
  }
}

struct One {};
ZKP_LANES Value product(const Value& value, const One& /*factor*/) { return reduced(value); }

// Every layer adds kProductBound to the bound of its values, unless those that it does not multiply
// are reduced first.
template <bool Reduce, class Factor>
ZKP_LANES void layer(Value& x0, Value& x1, const Factor& factor) {
  Value a0 = Reduce ? reduced(x0) : x0;
  Value a1 = product(x1, factor);
  cross<kProductBound>(a0, a1);
  x0 = a0;
  x1 = a1;
}

template <bool Reduce, class Factor>
ZKP_LANES void two_layers(Value& x0, Value& x1, Value& x2, Value& x3, const Factor& both,
                          const Factor& low, const Multiplier& high) {
  Value a0 = Reduce ? reduced(x0) : x0;
  Value a1 = Reduce ? reduced(x1) : x1;
  Value a2 = product(x2, both);
  Value a3 = product(x3, both);
  cross<kProductBound>(a0, a2);
  cross<kProductBound>(a1, a3);
  a1 = product(a1, low);
  a3 = product(a3, high);
  cross<kProductBound>(a0, a1);
  cross<kProductBound>(a2, a3);
  x0 = a0;
  x1 = a1;
  x2 = a2;
  x3 = a3;
}

// The first layers, where values are small and other factors than the last are one. Values below
// Bound p come to below 2 (Bound + kTwistBound) p.
ZKP_LANES void first_layer(Value& x0, Value& x1) { cross<kTwistBound>(x0, x1); }
ZKP_LANES void first_two_layers(Value& x0, Value& x1, Value& x2, Value& x3,
                                const Multiplier& high) {
  cross<kTwistBound>(x0, x2);
  cross<kTwistBound>(x1, x3);
  x3 = product(x3, high);
  cross<2 * kTwistBound>(x0, x1);
  cross<kProductBound>(x2, x3);
}

// How many steps of two layers values may take that are below Bound p at first.
template <unsigned Bound>
constexpr std::size_t kSteps = 1 + (kMostBound - 2 * (Bound + kTwistBound)) / (2 * kProductBound);
static_assert(kReducedBound + 3 * 2 * kProductBound <= kMostBound);

// Columns of values, one in each lane, in steps of two layers and if need be one of a single layer,
// depth first. After `steps` steps values are reduced, which lasts for the three that can follow.
struct Columns {
  Value* values;
  const Multiplier* factors;
  std::size_t steps;

  // Natural order in, bit-reversed order out.
  void frequency(std::size_t size) const {
    if (__builtin_ctzll(size) % 2 == 0) {
      frequency_first_two_layers(size);
      for (std::size_t block = 0; block < 4; ++block) frequency_block(size / 4, block, 1);
    } else {
      frequency_first_layer(size);
      for (std::size_t block = 0; block < 2; ++block) frequency_block(size / 2, block, 1);
    }
  }

  // Bit-reversed order in, natural order out.
  void time(std::size_t size, std::size_t block = 0) const {
    Value* const x = values + block * size;
    if (size == 4) return first_two_layers(x[0], x[2], x[1], x[3], factors[3]);
    const auto log = static_cast<std::size_t>(__builtin_ctzll(size));
    const bool odd = log % 2 == 1;
    const std::size_t parts = odd ? 2 : 4;
    for (std::size_t i = 0; i < parts; ++i) time(size / parts, parts * block + i);
    if ((log - 1) / 2 == steps) {
      odd ? time_layer<true>(x, size) : time_two_layers<true>(x, size);
    } else {
      odd ? time_layer<false>(x, size) : time_two_layers<false>(x, size);
    }
  }

 private:
  void frequency_first_layer(std::size_t size) const {
    const std::size_t half = size / 2;
    for (std::size_t j = 0; j < half; ++j) first_layer(values[j], values[half + j]);
  }
  void frequency_first_two_layers(std::size_t size) const {
    const std::size_t q = size / 4;
    Value* const x = values;
    for (std::size_t j = 0; j < q; ++j) {
      first_two_layers(x[j], x[q + j], x[2 * q + j], x[3 * q + j], factors[1]);
    }
  }
  // A block of `size` values, a power of four, is one of a row of such, with its own factors.
  void frequency_block(std::size_t size, std::size_t block, std::size_t step) const {
    if (size == 1) return;
    Value* const x = values + block * size;
    if (step == steps) {
      frequency_two_layers<true>(x, size, block);
    } else {
      frequency_two_layers<false>(x, size, block);
    }
    for (std::size_t i = 0; i < 4; ++i) frequency_block(size / 4, 4 * block + i, step + 1);
  }
  template <bool Reduce>
  [[gnu::noinline]] void frequency_two_layers(Value* x, std::size_t size, std::size_t block) const {
    const std::size_t q = size / 4;
    const Multiplier& high = factors[2 * block + 1];
    for (std::size_t j = 0; j < q; ++j) {
      if (block == 0) {
        two_layers<Reduce>(x[j], x[q + j], x[2 * q + j], x[3 * q + j], One{}, One{}, high);
      } else {
        two_layers<Reduce>(x[j], x[q + j], x[2 * q + j], x[3 * q + j], factors[block],
                           factors[2 * block], high);
      }
    }
  }
  template <bool Reduce>
  void time_layer(Value* x, std::size_t size) const {
    const std::size_t half = size / 2;
    layer<Reduce>(x[0], x[half], One{});
    for (std::size_t j = 1; j < half; ++j) layer<Reduce>(x[j], x[half + j], factors[half + j]);
  }
  template <bool Reduce>
  [[gnu::noinline]] void time_two_layers(Value* x, std::size_t size) const {
    const std::size_t q = size / 4;
    two_layers<Reduce>(x[0], x[2 * q], x[q], x[3 * q], One{}, One{}, factors[3 * q]);
    for (std::size_t j = 1; j < q; ++j) {
      two_layers<Reduce>(x[j], x[2 * q + j], x[q + j], x[3 * q + j], factors[q + j],
                         factors[2 * q + j], factors[3 * q + j]);
    }
  }
};

ZKP_LANES Value from_words(const Vector (&word)[kWords]) {
  const Lanes<Fr, 1> lanes = field::from_words<Fr>(word);
  Value value;
  for (std::size_t i = 0; i < kLimbs; ++i) value.limb[i] = lanes.limb[i];
  return value;
}

template <bool Canonical>
ZKP_LANES void to_words(const Value& value, Vector (&word)[kWords]) {
  const Lanes<Fr, kReducedBound> lanes = carried(reduced(value));
  if constexpr (Canonical) {
    field::to_words(canonical(lanes), word);
  } else {
    field::to_words(lanes, word);
  }
}

// Eight columns of a matrix. Their order in the lanes is load_words'.
void load_columns(const TransformPlan& plan, const ElementWords* from, Value* values) {
  for (std::size_t i = 0; i < plan.rows; ++i) {
    Vector word[kWords];
    field::load_words(from + i * plan.columns, word);
    values[i] = from_words(word);
  }
}
template <bool Canonical>
void store_columns(const TransformPlan& plan, const Value* values, ElementWords* to) {
  for (std::size_t i = 0; i < plan.rows; ++i) {
    Vector word[kWords];
    to_words<Canonical>(values[i], word);
    field::store_words(word, to + i * plan.columns);
  }
}

// Eight rows, from two columns at a time; a value at place plan.fine * c + f is multiplied by
// coarse[c] and fine[f].
void load_rows(const TransformPlan& plan, const Twist* coarse, const Twist* fine,
               const ElementWords* from, Value* values) {
  for (std::size_t i = 0; i < plan.columns; i += 2) {
    __m512i row[kLanes];
    for (std::size_t j = 0; j < kLanes; ++j) {
      row[j] = _mm512_loadu_si512(from + j * plan.columns + i);
    }
    field::transpose(row);
    for (std::size_t k = 0; k < 2; ++k) {
      Vector word[kWords];
      for (std::size_t j = 0; j < kWords; ++j) word[j].lanes = row[kWords * k + j];
      values[i + k] =
          product(product(from_words(word), coarse[i / plan.fine]), fine[(i + k) % plan.fine]);
    }
  }
}
template <bool Canonical, class Twisted>
ZKP_LANES void store_rows(const TransformPlan& plan, const Twisted& twisted, ElementWords* to) {
  for (std::size_t i = 0; i < plan.columns; i += 2) {
    __m512i row[kLanes];
    for (std::size_t k = 0; k < 2; ++k) {
      Vector word[kWords];
      to_words<Canonical>(twisted(i + k), word);
      for (std::size_t j = 0; j < kWords; ++j) row[kWords * k + j] = word[j].lanes;
    }
    field::transpose(row);
    for (std::size_t j = 0; j < kLanes; ++j) {
      _mm512_storeu_si512(to + j * plan.columns + i, row[j]);
    }
  }
}

// f * 2^260 modulo p, for elements: f * 2^256. Slow, but in the lanes' order.
ZKP_LANES Lanes<Fr, 1> shifted_numbers(const ElementWords* elements) {
  const __m512i places = _mm512_setr_epi64(0, 4, 8, 12, 16, 20, 24, 28);
  Vector word[kWords];
  for (std::size_t i = 0; i < kWords; ++i) {
    word[i].lanes = _mm512_i64gather_epi64(places, &elements->word[i], 8);
  }
  return canonical(field::from_words<Fr, 4>(word));
}

// f * 2^(52 * Limb) modulo p
template <std::size_t Limb>
ZKP_LANES Lanes<Fr, 1> multiple_of(const Lanes<Fr, 1>& shifted) {
  if constexpr (Limb == kLimbs) {
    return shifted;
  } else {
    constexpr Constant kPower = Fr::power_of_two(52 * Limb);
    return canonical(field::product(shifted, field::broadcast<Fr, 1>(kPower)));
  }
}

template <std::size_t Limb>
ZKP_LANES void set_multiples(const Lanes<Fr, 1>& shifted, Multiplier* out) {
  if constexpr (Limb < kLimbs) {
    const Lanes<Fr, 1> multiples = multiple_of<Limb + 1>(shifted);
    for (std::size_t j = 0; j < kLimbs; ++j) {
      alignas(64) std::uint64_t limb[kLanes];
      _mm512_store_si512(limb, multiples.limb[j].lanes);
      for (std::size_t k = 0; k < kLanes; ++k) out[k].multiple[Limb][j] = limb[k];
    }
    set_multiples<Limb + 1>(shifted, out);
  }
}

void make_multipliers(const ElementWords* elements, std::size_t eights, Multiplier* out) {
  for (std::size_t i = 0; i < eights * kLanes; i += kLanes) {
    set_multiples<0>(shifted_numbers(elements + i), out + i);
  }
}

// f * 2^260 = quotient * p + rest, so quotient = -rest / p modulo 2^260.
void make_twists(const ElementWords* elements, std::size_t eights, Twist* out) {
  for (std::size_t i = 0; i < eights; ++i) {
    const Lanes<Fr, 1> rest = shifted_numbers(elements + i * kLanes);
    const Lanes<Fr, 1> number = multiple_of<0>(rest);
    Value quotient;
    for (Vector& limb : quotient.limb) limb = field::zero();
    add_low_half(quotient.limb, rest.limb,
                 [](std::size_t j) { return broadcast(kNegativeInverse.limb[j]); });
    propagate(quotient.limb);
    for (std::size_t j = 0; j < kLimbs; ++j) {
      _mm512_store_si512(out[i].number[j], number.limb[j].lanes);
      _mm512_store_si512(out[i].quotient[j], quotient.limb[j].lanes);
    }
  }
}

std::size_t scratch_bytes(std::size_t length) { return length * sizeof(Value); }

void frequency_columns(const TransformPlan& plan, ElementWords* values, std::size_t column,
                       void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  load_columns(plan, values + column, strip);
  Columns{strip, plan.frequency, kSteps<1>}.frequency(plan.rows);
  store_columns<false>(plan, strip, values + column);
}

void time_columns(const TransformPlan& plan, ElementWords* values, std::size_t column,
                  void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  load_columns(plan, values + column, strip);
  Columns{strip, plan.time, kSteps<kReducedBound>}.time(plan.rows);
  store_columns<true>(plan, strip, values + column);
}

void frequency_rows(const TransformPlan& plan, ElementWords* values, std::size_t row,
                    void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  ElementWords* const first = values + row * plan.columns;
  const Twist* const coarse = plan.twists + row / kLanes * plan.twists_of_eight_rows();
  load_rows(plan, coarse, coarse + plan.coarse, first, strip);
  Columns{strip, plan.frequency, kSteps<kTwistBound>}.frequency(plan.columns);
  store_rows<true>(plan, [&](std::size_t i) { return strip[i]; }, first);
}

void coset_rows(const TransformPlan& plan, ElementWords* values, std::size_t row, void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  ElementWords* const first = values + row * plan.columns;
  const Twist* const twists = plan.twists + row / kLanes * plan.twists_of_eight_rows();
  const Twist* const sign = twists + plan.coarse + plan.fine;
  const Twist* const fine = sign + 1;
  const Twist* const coarse = fine + plan.fine;
  load_rows(plan, twists, twists + plan.coarse, first, strip);
  Columns{strip, plan.frequency, kSteps<kTwistBound>}.frequency(plan.columns);
  strip[0] = reduced(product(strip[0], *sign));
  for (std::size_t i = 1; i < plan.columns; ++i) strip[i] = product(strip[i], plan.shift[i]);
  Columns{strip, plan.time, kSteps<kProductBound>}.time(plan.columns);
  const auto twisted = [&](std::size_t i) {
    return product(product(strip[i], fine[i % plan.fine]), coarse[i / plan.fine]);
  };
  store_rows<false>(plan, twisted, first);
}

// 16 a * b / 2^260 - c is a * b / 2^256 - c, and 16 times that over 2^260 the standard form.
void multiply_subtract(const ElementWords* a, const ElementWords* b, const ElementWords* c,
                       std::size_t count, ElementWords* out) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    Vector word[kWords];
    field::load_words(a + i, word);
    const auto x = field::from_words<Fr, 4>(word);
    field::load_words(b + i, word);
    field::Columns t = wide_product(x, field::from_words<Fr>(word));
    field::load_words(c + i, word);
    const auto subtrahend = field::from_words<Fr>(word);
    for (std::size_t j = 0; j < kLimbs; ++j) {
      t.column[kLimbs + j] = t.column[kLimbs + j] - subtrahend.limb[j];
    }
    const auto difference = carried(field::reduced<Fr, 3, 1>(t));
    for (std::size_t j = 0; j < kLimbs; ++j) {
      t.column[j] = field::shifted_left<4>(difference.limb[j]);
      t.column[kLimbs + j] = field::zero();
    }
    field::to_words(canonical(field::reduced<Fr, 2>(t)), word);
    field::store_words(word, out + i);
  }
}

}  // namespace

const TransformKernel kAvx512IfmaTransform = {
    .make_multipliers = make_multipliers,
    .make_twists = make_twists,
    .scratch_bytes = scratch_bytes,
    .frequency_columns = frequency_columns,
    .time_columns = time_columns,
    .frequency_rows = frequency_rows,
    .coset_rows = coset_rows,
    .multiply_subtract = multiply_subtract,
};

}  // namespace zkp::prover::poly

#endif
