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

// So far a product exceeds its remainder modulo p.
constexpr unsigned kProductBound = 11;
constexpr unsigned kReducedBound = 2;

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

// One of the factors for all lanes; and all factors, each for its lane.
struct Single {
  const Factors* factors;
  std::size_t lane;

  ZKP_LANES Vector number(std::size_t i) const { return broadcast(factors->number[i][lane]); }
  ZKP_LANES Vector quotient(std::size_t i) const { return broadcast(factors->quotient[i][lane]); }
};
ZKP_LANES Single single(const Factors* list, std::size_t place) {
  return {list + place / kLanes, place % kLanes};
}
struct Each {
  const Factors* factors;

  ZKP_LANES Vector number(std::size_t i) const {
    return {_mm512_load_si512(factors->number[i])};
  }
  ZKP_LANES Vector quotient(std::size_t i) const {
    return {_mm512_load_si512(factors->quotient[i])};
  }
};

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

// value * factor - q * p for q = value * quotient / 2^260, which is taken from the upper five
// columns of that product alone. The nine terms of column 4 make q too small by 9 at most, rounding
// the quotient by 1 more.
template <class Factor>
ZKP_LANES Value product(Value value, const Factor& factor) {
  Vector(&a)[kLimbs] = value.limb;
  propagate(a);
  Vector q[kLimbs];
  for (Vector& limb : q) limb = field::zero();
  for (std::size_t i = 0; i < kLimbs; ++i) {
    for (std::size_t j = kLimbs - 1 - i; j < kLimbs; ++j) {
      const std::size_t column = i + j + 1 - kLimbs;
      q[column] = high_product(q[column], a[i], factor.quotient(j));
      if (column > 0) q[column - 1] = low_product(q[column - 1], a[i], factor.quotient(j));
    }
  }
  Value result;
  for (Vector& limb : result.limb) limb = field::zero();
  add_low_half(result.limb, a, [&](std::size_t j) { return factor.number(j); });
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

// (a, b) <- (a + b, a - b + kProductBound * p)
ZKP_LANES void cross(Value& a, Value& b) {
  constexpr Constant kMultiple = times(Fr::kValue, kProductBound);
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const Vector sum = a.limb[i] + b.limb[i];
    b.limb[i] = a.limb[i] + broadcast(kMultiple.limb[i]) - b.limb[i];
    a.limb[i] = sum;
  }
}

struct One {};
template <class Factor>
ZKP_LANES Value scaled(const Value& value, const Factor& factor) {
  return product(value, factor);
}
ZKP_LANES Value scaled(const Value& value, const One&) { return reduced(value); }

// A layer of butterflies adds kProductBound to the bound of its values; after kSteps steps of two
// layers those that are not multiplied are reduced first.
constexpr unsigned kSteps = 3;
static_assert(kProductBound + 2 * kSteps * kProductBound <= kMostBound);
constexpr bool reduces(std::size_t step) { return step > 0 && step % kSteps == 0; }

// A layer.
template <bool Reduce, class Factor>
ZKP_LANES void pair(Value& x0, Value& x1, const Factor& factor) {
  Value a0 = Reduce ? reduced(x0) : x0;
  Value a1 = scaled(x1, factor);
  cross(a0, a1);
  x0 = a0;
  x1 = a1;
}

// Two layers.
template <bool Reduce, class First>
ZKP_LANES void quad(Value& x0, Value& x1, Value& x2, Value& x3, const First& first,
                    const First& low, const Single& high) {
  Value a0 = Reduce ? reduced(x0) : x0;
  Value a1 = Reduce ? reduced(x1) : x1;
  Value a2 = scaled(x2, first);
  Value a3 = scaled(x3, first);
  cross(a0, a2);
  cross(a1, a3);
  a1 = scaled(a1, low);
  a3 = scaled(a3, high);
  cross(a0, a1);
  cross(a2, a3);
  x0 = a0;
  x1 = a1;
  x2 = a2;
  x3 = a3;
}

// Columns of values, one in each lane, in steps of two layers and if need be one of a single layer,
// depth first.
struct Columns {
  Value* values;
  const Factors* factors;

  // Natural order in, bit-reversed order out. The block of `size` values is one of a row of such,
  // and has a factor of its own.
  void frequency(std::size_t first, std::size_t size, std::size_t block, std::size_t step) const {
    if (size == 1) return;
    const bool odd = __builtin_ctzll(size) % 2 == 1;
    if (reduces(step)) {
      odd ? frequency_pairs<true>(first, size, block) : frequency_quads<true>(first, size, block);
    } else {
      odd ? frequency_pairs<false>(first, size, block) : frequency_quads<false>(first, size, block);
    }
    const std::size_t parts = odd ? 2 : 4;
    for (std::size_t i = 0; i < parts; ++i) {
      frequency(first + i * (size / parts), size / parts, parts * block + i, step + 1);
    }
  }

  // Bit-reversed order in, natural order out; returns the number of steps.
  std::size_t time(std::size_t first, std::size_t size) const {
    if (size == 1) return 0;
    const bool odd = __builtin_ctzll(size) % 2 == 1;
    const std::size_t parts = odd ? 2 : 4;
    std::size_t step = 0;
    for (std::size_t i = 0; i < parts; ++i) {
      step = time(first + i * (size / parts), size / parts);
    }
    if (reduces(step)) {
      odd ? time_pairs<true>(first, size) : time_quads<true>(first, size);
    } else {
      odd ? time_pairs<false>(first, size) : time_quads<false>(first, size);
    }
    return step + 1;
  }

 private:
  template <bool Reduce>
  void frequency_pairs(std::size_t first, std::size_t size, std::size_t block) const {
    Value* const x = values + first;
    const std::size_t half = size / 2;
    for (std::size_t j = 0; j < half; ++j) {
      if (block == 0) {
        pair<Reduce>(x[j], x[half + j], One{});
      } else {
        pair<Reduce>(x[j], x[half + j], single(factors, block));
      }
    }
  }
  template <bool Reduce>
  [[gnu::noinline]] void frequency_quads(std::size_t first, std::size_t size, std::size_t block) const {
    Value* const x = values + first;
    const std::size_t quarter = size / 4;
    const Single high = single(factors, 2 * block + 1);
    if (block == 0) {
      for (std::size_t j = 0; j < quarter; ++j) {
        quad<Reduce>(x[j], x[quarter + j], x[2 * quarter + j], x[3 * quarter + j], One{}, One{}, high);
      }
      return;
    }
    const Single both = single(factors, block);
    const Single low = single(factors, 2 * block);
    for (std::size_t j = 0; j < quarter; ++j) {
      quad<Reduce>(x[j], x[quarter + j], x[2 * quarter + j], x[3 * quarter + j], both, low, high);
    }
  }
  template <bool Reduce>
  void time_pairs(std::size_t first, std::size_t size) const {
    Value* const x = values + first;
    const std::size_t half = size / 2;
    pair<Reduce>(x[0], x[half], One{});
    for (std::size_t j = 1; j < half; ++j) {
      pair<Reduce>(x[j], x[half + j], single(factors, half + j));
    }
  }
  template <bool Reduce>
  [[gnu::noinline]] void time_quads(std::size_t first, std::size_t size) const {
    Value* const x = values + first;
    const std::size_t quarter = size / 4;
    quad<Reduce>(x[0], x[2 * quarter], x[quarter], x[3 * quarter], One{}, One{},
                 single(factors, 3 * quarter));
    for (std::size_t j = 1; j < quarter; ++j) {
      quad<Reduce>(x[j], x[2 * quarter + j], x[quarter + j], x[3 * quarter + j],
                   single(factors, quarter + j), single(factors, 2 * quarter + j),
                   single(factors, 3 * quarter + j));
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

// Eight rows, from two columns at a time; a value at place `coarse` * plan.fine + `fine` is
// multiplied by the two factors for these.
void load_rows(const TransformPlan& plan, const Factors* coarse, const Factors* fine,
               const ElementWords* from, Value* values) {
  for (std::size_t i = 0; i < plan.columns; i += 2) {
    __m512i row[kLanes];
    for (std::size_t j = 0; j < kLanes; ++j) {
      row[j] = _mm512_loadu_si512(from + j * plan.columns + i);
    }
    field::transpose(row);
    const Each by{coarse + i / plan.fine};
    for (std::size_t k = 0; k < 2; ++k) {
      Vector word[kWords];
      for (std::size_t j = 0; j < kWords; ++j) word[j].lanes = row[kWords * k + j];
      values[i + k] = product(product(from_words(word), by), Each{fine + (i + k) % plan.fine});
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

// Lane by lane, since this need not be fast.
void prepare(const ElementWords* elements, std::size_t count, Factors* factors) {
  const __m512i places = _mm512_setr_epi64(0, 4, 8, 12, 16, 20, 24, 28);
  for (std::size_t block = 0; block < count; ++block) {
    Vector word[kWords];
    for (std::size_t i = 0; i < kWords; ++i) {
      word[i].lanes = _mm512_i64gather_epi64(places, &elements[block * kLanes].word[i], 8);
    }
    // The element, a number times 2^256, becomes the rest of number * 2^260 modulo p.
    const Lanes<Fr, 1> rest = canonical(field::from_words<Fr, 4>(word));
    constexpr Constant kOne{{1, 0, 0, 0, 0}};
    const Lanes<Fr, 1> number = canonical(multiply(rest, field::broadcast<Fr, 1>(kOne)));
    Vector quotient[kLimbs];
    for (Vector& limb : quotient) limb = field::zero();
    add_low_half(quotient, rest.limb,
                 [](std::size_t j) { return broadcast(kNegativeInverse.limb[j]); });
    propagate(quotient);
    for (std::size_t i = 0; i < kLimbs; ++i) {
      _mm512_store_si512(factors[block].number[i], number.limb[i].lanes);
      _mm512_store_si512(factors[block].quotient[i],
                         (quotient[i] & broadcast(field::kLimbMask)).lanes);
    }
  }
}

std::size_t scratch_bytes(std::size_t length) { return length * sizeof(Value); }

void frequency_columns(const TransformPlan& plan, ElementWords* values, std::size_t column,
                       void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  load_columns(plan, values + column, strip);
  Columns{strip, plan.frequency}.frequency(0, plan.rows, 0, 0);
  store_columns<false>(plan, strip, values + column);
}

void time_columns(const TransformPlan& plan, ElementWords* values, std::size_t column,
                  void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  load_columns(plan, values + column, strip);
  Columns{strip, plan.time}.time(0, plan.rows);
  store_columns<true>(plan, strip, values + column);
}

void frequency_rows(const TransformPlan& plan, ElementWords* values, std::size_t row,
                    void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  ElementWords* const first = values + row * plan.columns;
  const Factors* const twists = plan.twists + row / kLanes * plan.twists_of_eight_rows();
  load_rows(plan, twists, twists + plan.coarse, first, strip);
  Columns{strip, plan.frequency}.frequency(0, plan.columns, 0, 0);
  store_rows<true>(plan, [&](std::size_t i) { return strip[i]; }, first);
}

void coset_rows(const TransformPlan& plan, ElementWords* values, std::size_t row, void* scratch) {
  auto* const strip = static_cast<Value*>(scratch);
  ElementWords* const first = values + row * plan.columns;
  const Factors* const twists = plan.twists + row / kLanes * plan.twists_of_eight_rows();
  const Factors* const sign = twists + plan.coarse + plan.fine;
  const Factors* const fine = sign + 1;
  const Factors* const coarse = fine + plan.fine;
  load_rows(plan, twists, twists + plan.coarse, first, strip);
  Columns{strip, plan.frequency}.frequency(0, plan.columns, 0, 0);
  strip[0] = product(strip[0], Each{sign});
  for (std::size_t i = 1; i < plan.columns; ++i) {
    strip[i] = product(strip[i], single(plan.shift, i));
  }
  Columns{strip, plan.time}.time(0, plan.columns);
  store_rows<false>(
      plan,
      [&](std::size_t i) {
        return product(product(strip[i], Each{fine + i % plan.fine}), Each{coarse + i / plan.fine});
      },
      first);
}

}  // namespace

const TransformKernel kAvx512IfmaTransform = {
    .prepare = prepare,
    .scratch_bytes = scratch_bytes,
    .frequency_columns = frequency_columns,
    .time_columns = time_columns,
    .frequency_rows = frequency_rows,
    .coset_rows = coset_rows,
};

}  // namespace zkp::prover::poly

#endif
