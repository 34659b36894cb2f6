// Miller loops and multiples of points with AVX-512 IFMA, one in each lane.

#if defined(__x86_64__)

#include "prover/curve/fq2_lanes.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/pairing_kernels.h"

namespace zkp::prover::curve {
namespace {

using field::kLanes;
using field::kWords;
using field::lowered;
using field::Mask;
using field::Vector;
static_assert(kLanes == kPairingLanes);

// All elements have the one bound that sums are lowered to. Products are calls, for there are many.
using Element = FqLanes<3>;

Element operator+(const Element& a, const Element& b) { return lowered(sum(a, b)); }
Element operator-(const Element& a, const Element& b) { return lowered(difference(a, b)); }
[[gnu::noinline]] Element operator*(const Element& a, const Element& b) {
  return carried(product(a, b));
}
[[gnu::noinline]] Element squared(const Element& a) { return carried(square(a)); }
FqUncarried<12> four_times(const Element& a) { return sum(sum(a, a), sum(a, a)); }

struct Fq2 : Fq2Lanes<3> {
  using Fq2Lanes<3>::Fq2Lanes;
  Fq2() = default;
  Fq2(const Fq2Lanes<3>& lanes) : Fq2Lanes<3>(lanes) {}

  static Fq2 zero() { return {nothing(), nothing()}; }
  static Fq2 one() { return {curve::one(), nothing()}; }
  friend Fq2 operator+(const Fq2& a, const Fq2& b) { return {a.c0 + b.c0, a.c1 + b.c1}; }
  friend Fq2 operator-(const Fq2& a, const Fq2& b) { return {a.c0 - b.c0, a.c1 - b.c1}; }
  friend Fq2 operator-(const Fq2& a) { return zero() - a; }
  friend Fq2 operator*(const Fq2& a, const Fq2& b);
  friend Fq2 operator*(const Fq2& a, const Element& b) { return {a.c0 * b, a.c1 * b}; }
  [[nodiscard]] Fq2 doubled() const { return *this + *this; }
  [[nodiscard]] Fq2 squared() const;
  [[nodiscard]] Fq2 times_non_residue() const {
    const Element four0 = lowered(four_times(c0));
    const Element four1 = lowered(four_times(c1));
    return {lowered(difference(sum(sum(four0, four0), c0), c1)),
            lowered(sum(sum(sum(four1, four1), c1), c0))};
  }
};
[[gnu::noinline]] Fq2 operator*(const Fq2& a, const Fq2& b) { return carried(product(a, b)); }
[[gnu::noinline]] Fq2 Fq2::squared() const { return carried(square(*this)); }

using Fq12 = Fq12Of<Fq2>;
using Line = LineOf<Fq2>;

// Words of kLanes structs, whose first ones are so many bytes apart.
template <long long Stride>
__m512i offsets() {
  return _mm512_setr_epi64(0, Stride, 2 * Stride, 3 * Stride, 4 * Stride, 5 * Stride, 6 * Stride,
                           7 * Stride);
}
template <long long Stride>
Vector gathered(const std::uint64_t* first) {
  return {_mm512_i64gather_epi64(offsets<Stride>(), first, 1)};
}

// Elements in memory have the factor 2^256, these 2^260.
template <long long Stride>
Element load(const std::uint64_t* first) {
  Vector word[kWords];
  for (std::size_t i = 0; i < kWords; ++i) word[i] = gathered<Stride>(first + i);
  return lowered(field::from_words<Fq, 4>(word));
}
template <long long Stride>
void store(const Element& a, std::uint64_t* first) {
  Vector word[kWords];
  field::to_words(canonical(product(a, power_of_two<256>())), word);
  for (std::size_t i = 0; i < kWords; ++i) {
    _mm512_i64scatter_epi64(first + i, offsets<Stride>(), word[i].lanes, 1);
  }
}
template <long long Stride>
Fq2 load_fq2(const std::uint64_t* first) {
  return {load<Stride>(first), load<Stride>(first + kWords)};
}
template <long long Stride>
void store(const Fq2& a, std::uint64_t* first) {
  store<Stride>(a.c0, first);
  store<Stride>(a.c1, first + kWords);
}

// Eight pairs.
struct Pairs {
  Element x, y;
  Fq2 addend_x[kAddends], addend_y[kAddends];
  MultipleOf<Fq2> multiple;

  [[nodiscard]] Line at_g1(const Line& line) const {
    return {line.constant * y, line.slope * x, line.offset};
  }
};

struct Steps {
  Pairs* pairs;
  std::size_t count;
  Fq2 three_b;

  void double_all(Fq12& value) {
    for (std::size_t i = 0; i < count; ++i) {
      value = value * pairs[i].at_g1(pairs[i].multiple.double_step(three_b));
    }
  }
  void add_all(Fq12& value, Addend addend) {
    const auto which = static_cast<std::size_t>(addend);
    for (std::size_t i = 0; i < count; ++i) {
      Pairs& eight = pairs[i];
      value = value *
              eight.at_g1(eight.multiple.add_step(eight.addend_x[which], eight.addend_y[which]));
    }
  }
};

void load_pairs(const LanePair* from, Pairs& to) {
  constexpr long long kStride = sizeof(LanePair);
  to.x = load<kStride>(from->g1.word);
  to.y = load<kStride>(from->g1.word + kWords);
  for (std::size_t i = 0; i < kAddends; ++i) {
    to.addend_x[i] = load_fq2<kStride>(from->addends[i].word);
    to.addend_y[i] = load_fq2<kStride>(from->addends[i].word + 2 * kWords);
  }
  to.multiple = {to.addend_x[0], to.addend_y[0], Fq2::one()};
}

void store_multiples(const Pairs& from, LanePair* to) {
  constexpr long long kStride = sizeof(LanePair);
  store<kStride>(from.multiple.x, to->x);
  store<kStride>(from.multiple.y, to->y);
  store<kStride>(from.multiple.z, to->z);
}

void miller_loop(const signed char* digits, std::size_t digit_count, const std::uint64_t* three_b,
                 LanePair* pairs, std::size_t count, Fq12Words* values) {
  Pairs loaded[kMostPairs / kLanes];
  for (std::size_t i = 0; i < count; i += kLanes) load_pairs(pairs + i, loaded[i / kLanes]);
  Steps steps{loaded, count / kLanes, load_fq2<0>(three_b)};
  const Fq12 value = run_miller_loop<Fq12>(digits, digit_count, steps);
  const Fq2* coefficients[] = {&value.c0.c0, &value.c0.c1, &value.c0.c2,
                               &value.c1.c0, &value.c1.c1, &value.c1.c2};
  for (std::size_t i = 0; i < 6; ++i) {
    store<sizeof(Fq12Words)>(*coefficients[i], values->coefficient[i]);
  }
  for (std::size_t i = 0; i < count; i += kLanes) store_multiples(loaded[i / kLanes], pairs + i);
}

// Eight points of G1 in Jacobian coordinates; z = 0 is infinity.
// Formulas: Bernstein and Lange, Explicit-Formulas Database, short Weierstrass with a = 0.
struct Points {
  Element x, y, z;
};

Points doubled(const Points& p) {  // dbl-2009-l
  const Element a = squared(p.x);
  const Element b = squared(p.y);
  const Element c = squared(b);
  const Element xb = p.x * b;
  const Element d = lowered(four_times(xb));
  const Element c4 = lowered(four_times(c));
  const Element e = lowered(sum(sum(a, a), a));
  const Element x = lowered(difference(squared(e), sum(d, d)));
  const Element yz = p.y * p.z;
  return {x, lowered(difference(e * (d - x), sum(c4, c4))), yz + yz};
}

// REQUIRES: p is neither infinity nor +- q.
Points plus(const Points& p, const Element& qx, const Element& qy) {  // madd-2004-hmv
  const Element zz = squared(p.z);
  const Element h = qx * zz - p.x;
  const Element r = qy * (p.z * zz) - p.y;
  const Element hh = squared(h);
  const Element hhh = h * hh;
  const Element v = p.x * hh;
  const Element x = lowered(difference(squared(r), sum(hhh, sum(v, v))));
  return {x, r * (v - x) - p.y * hhh, p.z * h};
}

Points selected(Mask mask, const Points& where_set, const Points& elsewhere) {
  return {selected(mask, where_set.x, elsewhere.x), selected(mask, where_set.y, elsewhere.y),
          selected(mask, where_set.z, elsewhere.z)};
}

// Of P, lambda P and P + lambda P = -lambda^2 P one is added after each doubling, or none. The
// multiple before that is even, so it is not +- the one added.
void multiply(const std::uint64_t* beta, LaneMultiple* multiples) {
  constexpr long long kStride = sizeof(LaneMultiple);
  const Element x = load<kStride>(multiples->point.word);
  const Element y = load<kStride>(multiples->point.word + kWords);
  const Element factor = load<0>(beta);
  const Element beta_x = x * factor;
  const Element beta_squared_x = beta_x * factor;
  const Element opposite_y = nothing() - y;
  Vector first = gathered<kStride>(&multiples->first);
  Vector second = gathered<kStride>(&multiples->second);
  Points total = {curve::one(), curve::one(), nothing()};
  Mask started;
  for (int bit = 0; bit < 64; ++bit) {
    total = doubled(total);
    const Mask take_first = is_negative(first);
    const Mask take_second = is_negative(second);
    const Mask both = take_first & take_second;
    const Element qx = selected(both, beta_squared_x, selected(take_second, beta_x, x));
    const Element qy = selected(both, opposite_y, y);
    const Mask any = take_first | take_second;
    total = selected(any & started, plus(total, qx, qy),
                     selected(any & ~started, Points{qx, qy, curve::one()}, total));
    started = started | any;
    first = first + first;
    second = second + second;
  }
  store<kStride>(total.x, multiples->x);
  store<kStride>(total.y, multiples->y);
  store<kStride>(total.z, multiples->z);
}

}  // namespace

const PairingKernel kAvx512IfmaPairing = {miller_loop, multiply};

}  // namespace zkp::prover::curve

#endif
