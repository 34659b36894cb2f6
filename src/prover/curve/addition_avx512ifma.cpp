// Batches of affine additions with AVX-512 IFMA, eight at a time, and one inversion for all.

#if defined(__x86_64__)

#include "prover/curve/addition_kernels.h"
#include "prover/curve/fq2_lanes.h"

namespace zkp::prover::curve {
namespace {

using field::kLanes;
using field::kWords;
using field::Mask;
using field::Vector;

// Eight words at `offset` words in each point, to one vector for each word, and back.
template <class Point>
ZKP_LANES void gather(const Point* const* points, std::size_t offset, Vector (&word)[8]) {
  __m512i row[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) row[i] = _mm512_loadu_si512(points[i]->word + offset);
  field::transpose(row);
  for (std::size_t i = 0; i < 8; ++i) word[i].lanes = row[i];
}

template <class Point>
ZKP_LANES void scatter(const Vector (&word)[8], std::size_t offset, Point* const* points) {
  __m512i row[8];
  for (std::size_t i = 0; i < 8; ++i) row[i] = word[i].lanes;
  field::transpose(row);
  for (std::size_t i = 0; i < kLanes; ++i) _mm512_storeu_si512(points[i]->word + offset, row[i]);
}

ZKP_LANES FqLanes<1> half_of(const Vector (&word)[8], std::size_t half) {
  const Vector part[kWords] = {word[4 * half], word[4 * half + 1], word[4 * half + 2],
                               word[4 * half + 3]};
  return field::from_words<Fq>(part);
}
ZKP_LANES void set_half(const FqLanes<1>& value, std::size_t half, Vector (&word)[8]) {
  Vector part[kWords];
  field::to_words(value, part);
  for (std::size_t k = 0; k < kWords; ++k) word[4 * half + k] = part[k];
}

// The two groups: their coordinates, and how to divide by them. A quotient of `rise` and `run` is
// quotient(rise, run, the inverse of divisor(run)). Operand is what products of coordinates take.
struct G1Group {
  using Point = PointWords<4>;
  template <unsigned Bound>
  using Coordinate = FqLanes<Bound>;
  template <unsigned Bound>
  using Uncarried = FqUncarried<Bound>;
  template <unsigned Bound>
  using Factor = FqFactor<Bound>;
  template <unsigned Bound>
  using Operand = FqFactor<Bound>;
  template <unsigned Bound>
  ZKP_LANES static Operand<Bound> operand_of(const Uncarried<Bound>& value) {
    return factor_of(value);
  }

  ZKP_LANES static void load(const Point* const* points, Coordinate<1>& x, Coordinate<1>& y) {
    Vector word[8];
    gather(points, 0, word);
    x = half_of(word, 0);
    y = half_of(word, 1);
  }
  ZKP_LANES static void store(const Coordinate<1>& x, const Coordinate<1>& y,
                              Point* const* points) {
    Vector word[8];
    set_half(x, 0, word);
    set_half(y, 1, word);
    scatter(word, 0, points);
  }
  ZKP_LANES static Mask equal(const Coordinate<1>& a, const Coordinate<1>& b) {
    return field::equal(a, b);
  }
  ZKP_LANES static Mask is_zero(const Coordinate<1>& a) { return field::is_zero(a); }
  ZKP_LANES static Coordinate<1> zero() { return nothing(); }
  ZKP_LANES static Coordinate<2> one() { return curve::one(); }
  struct Divisor {
    ZKP_LANES static Factor<2> of(const Factor<2>& run) { return run; }
  };
  ZKP_LANES static Divisor divisor(const Factor<2>& /*run*/) { return {}; }
  using Slope = Operand<3>;
  ZKP_LANES static Slope quotient(const Slope& rise, const Factor<2>& /*run*/,
                                  const FqFactor<2>& inverse) {
    return factor_of(product(rise, inverse));
  }
};

struct G2Group {
  using Point = PointWords<8>;
  template <unsigned Bound>
  using Coordinate = Fq2Lanes<Bound>;
  template <unsigned Bound>
  using Uncarried = Fq2Uncarried<Bound>;
  template <unsigned Bound>
  using Factor = Fq2Factor<Bound>;
  template <unsigned Bound>
  using Operand = Fq2Lanes<Bound>;
  template <unsigned Bound>
  ZKP_LANES static Operand<Bound> operand_of(const Uncarried<Bound>& value) {
    return carried(value);
  }

  ZKP_LANES static void load(const Point* const* points, Coordinate<1>& x, Coordinate<1>& y) {
    Vector word[8];
    gather(points, 0, word);
    x = {half_of(word, 0), half_of(word, 1)};
    gather(points, 8, word);
    y = {half_of(word, 0), half_of(word, 1)};
  }
  ZKP_LANES static void store(const Coordinate<1>& x, const Coordinate<1>& y,
                              Point* const* points) {
    Vector word[8];
    set_half(x.c0, 0, word);
    set_half(x.c1, 1, word);
    scatter(word, 0, points);
    set_half(y.c0, 0, word);
    set_half(y.c1, 1, word);
    scatter(word, 8, points);
  }
  ZKP_LANES static Mask equal(const Coordinate<1>& a, const Coordinate<1>& b) {
    return field::equal(a.c0, b.c0) & field::equal(a.c1, b.c1);
  }
  ZKP_LANES static Mask is_zero(const Coordinate<1>& a) {
    return field::is_zero(a.c0) & field::is_zero(a.c1);
  }
  ZKP_LANES static Coordinate<1> zero() { return {nothing(), nothing()}; }
  ZKP_LANES static Coordinate<2> one() { return {curve::one(), nothing()}; }
  // The norm: 1 / run = conjugate(run) / norm(run).
  struct Divisor {
    FqFactor<2> norm;
    ZKP_LANES FqFactor<2> of(const Factor<2>& /*run*/) const { return norm; }
  };
  ZKP_LANES static Divisor divisor(const Factor<2>& run) {
    return {factor_of(field::reduced<Fq, 2>(
        add(field::wide_square<Fq, 2>(run.c0), field::wide_square<Fq, 2>(run.c1))))};
  }
  using Slope = Operand<3>;
  ZKP_LANES static Slope quotient(const Slope& rise, const Factor<2>& run,
                                  const FqFactor<2>& inverse) {
    const FqLanes<2> c0 = carried(product(run.c0, inverse));
    const FqLanes<3> minus_c1 = carried(difference(nothing(), product(run.c1, inverse)));
    return carried(product(rise, Fq2Lanes<3>{c0, minus_c1}));
  }
};

// An addition in each lane, between two passes over a batch. Lanes hold sixteenths of coordinates
// (lanes.h); the slope rise / run is the same for those. Members that stand together follow upon
// each other.
template <class Group>
struct alignas(64) Work {
  template <unsigned Bound>
  using Coordinate = typename Group::template Coordinate<Bound>;
  template <unsigned Bound>
  using Uncarried = typename Group::template Uncarried<Bound>;

  typename Group::template Factor<2> run;
  [[no_unique_address]] typename Group::Divisor divisor;
  FqFactor<2> product_before;  // of all divisors before this one; then a quarter of its inverse
  typename Group::Slope rise;  // then a quarter of the slope
  Uncarried<2> x_sum;
  Coordinate<1> x_a;
  Uncarried<1> y_a;
  Mask to_infinity, to_a, to_b;  // sums that need no slope; the first counts before the others
};

// As many additions as there are lanes, where the batch ends before them: infinity added to itself.
template <class Point>
struct Padded {
  const Point* a[kLanes];
  const Point* b[kLanes];
  Point* out[kLanes];
  std::uint8_t opposite[kLanes];
  Point nowhere;

  Padded(const Additions<Point>& rest) {
    static constexpr Point kInfinity{};
    for (std::size_t i = 0; i < kLanes; ++i) {
      const bool there = i < rest.count;
      a[i] = there ? rest.a[i] : &kInfinity;
      b[i] = there ? rest.b[i] : &kInfinity;
      out[i] = there ? rest.out[i] : &nowhere;
      opposite[i] = there ? rest.opposite[i] : 0;
    }
  }
  Additions<Point> additions() { return {a, b, out, opposite, kLanes}; }
};

template <class Group>
struct Adder {
  using Point = typename Group::Point;
  template <unsigned Bound>
  using Coordinate = typename Group::template Coordinate<Bound>;

  static std::size_t scratch_bytes(std::size_t count) {
    return (count + kLanes - 1) / kLanes * sizeof(Work<Group>);
  }

  // Montgomery's trick: the divisors' product is inverted, and gives each inverse on the way back.
  static void add_batch(const Additions<Point>& batch, const Additions<Point>& next, void* scratch,
                        void (*invert)(std::uint64_t*)) {
    auto* const works = static_cast<Work<Group>*>(scratch);
    const std::size_t full = batch.count / kLanes;
    const auto additions = [&batch](std::size_t i) -> Additions<Point> {
      const std::size_t first = i * kLanes;
      return {batch.a + first, batch.b + first, batch.out + first, batch.opposite + first,
              batch.count - first < kLanes ? batch.count - first : kLanes};
    };
    Padded<Point> rest(additions(full));
    FqFactor<2> product = one();
    for (std::size_t i = 0; i < full; ++i) {
      prefetch(next, i * kLanes);
      prepare(additions(i), works[i], product);
    }
    if (full * kLanes < batch.count) prepare(rest.additions(), works[full], product);
    FqFactor<2> inverse = quarter_of_inverse(product, invert);
    if (full * kLanes < batch.count) finish(rest.additions(), 1, &works[full], inverse);
    for (std::size_t left = full; left > 0;) {
      const std::size_t count = left < kBlock ? left : kBlock;
      left -= count;
      finish(additions(left), count, &works[left], inverse);
    }
  }

 private:
  static constexpr std::size_t kBlock = 4;  // works that stay in the first-level cache

  ZKP_LANES static void prefetch(const Additions<Point>& next, std::size_t first) {
    const std::size_t end = first + kLanes < next.count ? first + kLanes : next.count;
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t line = 0; line < sizeof(Point); line += 64) {
        __builtin_prefetch(reinterpret_cast<const char*>(next.a[i]) + line, 0, 2);
        __builtin_prefetch(reinterpret_cast<const char*>(next.b[i]) + line, 0, 2);
      }
    }
  }

  [[gnu::noinline]] static void prepare(const Additions<Point>& at, Work<Group>& work,
                                        FqFactor<2>& product_before) {
    Coordinate<1> x_a, y_a, x_b, y_b;
    Group::load(at.a, x_a, y_a);
    Group::load(at.b, x_b, y_b);
    const Mask infinite_a = Group::is_zero(y_a);  // no point has order 2, so no other has y = 0
    const Mask infinite_b = Group::is_zero(y_b);
    const Mask same_x = Group::equal(x_a, x_b);
    work.x_a = x_a;
    work.y_a = negated_where(field::bits_of(at.opposite, kOppositeA), y_a);
    work.run = factor_of(difference(x_b, x_a));
    work.rise = Group::operand_of(
        difference(negated_where(field::bits_of(at.opposite, kOppositeB), y_b), work.y_a));
    work.x_sum = sum(x_b, x_a);
    work.to_infinity = work.to_a = work.to_b = Mask{};
    if ((same_x | infinite_a | infinite_b).any()) [[unlikely]] {
      set_special(at, same_x, infinite_a, infinite_b, work);
    }
    work.divisor = Group::divisor(work.run);
    work.product_before = product_before;
    product_before = factor_of(product(product_before, work.divisor.of(work.run)));
  }

  // Tangents where the points are equal; a run of one where no slope is needed.
  [[gnu::noinline]] static void set_special(const Additions<Point>& at, Mask same_x,
                                            Mask infinite_a, Mask infinite_b, Work<Group>& work) {
    const Mask finite = ~(infinite_a | infinite_b);
    const Mask same_y = Group::equal(signed_y(at.a, at.opposite, kOppositeA),
                                     signed_y(at.b, at.opposite, kOppositeB));
    const Mask doubled = finite & same_x & same_y;
    work.to_infinity = (infinite_a & infinite_b) | (finite & same_x & ~same_y);
    work.to_a = infinite_b;
    work.to_b = infinite_a;
    if (doubled.any()) set_tangents(at, doubled, work);
    const typename Group::template Factor<2> one = Group::one();
    work.run = selected(finite & ~work.to_infinity, work.run, one);
  }

  // 3 x^2 / 2 y. The square is a 256th and y a sixteenth, so it is 3 (4 x)^2 in lanes.
  ZKP_LANES static void set_tangents(const Additions<Point>& at, Mask doubled, Work<Group>& work) {
    const Coordinate<1> four_x = canonical(difference<2>(work.x_a, Group::zero()));
    const Coordinate<1> squared = canonical(square(four_x));
    const Coordinate<1> rise = canonical(sum(canonical(sum(squared, squared)), squared));
    const typename Group::Slope as_operand = Coordinate<3>(rise);
    work.rise = selected(doubled, as_operand, work.rise);
    const Coordinate<1> y = signed_y(at.a, at.opposite, kOppositeA);
    work.run = selected(doubled, factor_of(sum(y, y)), work.run);
  }

  ZKP_LANES static Coordinate<1> signed_y(const Point* const* points, const std::uint8_t* opposite,
                                          std::uint8_t bit) {
    Coordinate<1> x, y;
    Group::load(points, x, y);
    return canonical(carried(negated_where(field::bits_of(opposite, bit), y)));
  }

  // With s = slope / 4: x = s^2 - x_a - x_b and y = 4 s (x_a - x) - y_a, in sixteenths. In passes,
  // for a pass has many independent products and their sequence for one addition is long.
  [[gnu::noinline]] static void finish(const Additions<Point>& at, std::size_t count,
                                       Work<Group>* works, FqFactor<2>& inverse) {
    for (std::size_t i = count; i-- > 0;) {
      works[i].product_before = factor_of(product(inverse, works[i].product_before));
      inverse = factor_of(product(inverse, works[i].divisor.of(works[i].run)));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Work<Group>& work = works[i];
      works[i].rise = Group::quotient(work.rise, work.run, work.product_before);
    }
    Coordinate<1> sum_x[kBlock];
    for (std::size_t i = 0; i < count; ++i) {
      sum_x[i] = canonical(difference(square(works[i].rise), works[i].x_sum));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Work<Group>& work = works[i];
      Coordinate<1> x = sum_x[i];
      const auto to_sum = Group::operand_of(difference<2>(work.x_a, x));
      Coordinate<1> y = canonical(difference(product(work.rise, to_sum), work.y_a));
      if ((work.to_infinity | work.to_a | work.to_b).any()) [[unlikely]] {
        take_special(at, i * kLanes, work, x, y);
      }
      Group::store(x, y, at.out + i * kLanes);
    }
  }

  [[gnu::noinline]] static void take_special(const Additions<Point>& at, std::size_t first,
                                             const Work<Group>& work, Coordinate<1>& x,
                                             Coordinate<1>& y) {
    Coordinate<1> x_b, unsigned_y;
    Group::load(at.b + first, x_b, unsigned_y);
    const Coordinate<1> y_a = signed_y(at.a + first, at.opposite + first, kOppositeA);
    const Coordinate<1> y_b = signed_y(at.b + first, at.opposite + first, kOppositeB);
    x = selected(work.to_a, work.x_a, selected(work.to_b, x_b, x));
    y = selected(work.to_a, y_a, selected(work.to_b, y_b, y));
    x = selected(work.to_infinity, Group::zero(), x);
    y = selected(work.to_infinity, Group::zero(), y);
  }

  // 1 / 4 of the inverse of each lane. The lanes are multiplied pairwise down to one product; what
  // a lane lacks to it is the product of its partners on the way.
  ZKP_LANES static FqFactor<2> quarter_of_inverse(const FqFactor<2>& lanes,
                                                  void (*invert)(std::uint64_t*)) {
    FqFactor<2> all = lanes;
    FqFactor<2> partners = one();
    combine<4>(all, partners);
    combine<2>(all, partners);
    const FqFactor<2> rotated = field::rotated<1>(all);
    partners = factor_of(product(partners, rotated));
    std::uint64_t element[kWords];
    field::first_lane(canonical(product(all, rotated)), element);
    invert(element);  // takes 2^260 P for 2^256 (16 P), and gives 2^256 / 16 P: 2^252 / P
    const FqFactor<2> inverse =
        factor_of(product(field::broadcast_words<Fq>(element), power_of_two<266>()));  // 2^258 / P
    return factor_of(product(inverse, partners));
  }
  template <int Lanes>
  ZKP_LANES static void combine(FqFactor<2>& all, FqFactor<2>& partners) {
    const FqFactor<2> rotated = field::rotated<Lanes>(all);
    partners = factor_of(product(partners, rotated));
    all = factor_of(product(all, rotated));
  }
};

}  // namespace

const AdditionKernel<4> kAvx512IfmaG1Addition = {Adder<G1Group>::scratch_bytes,
                                                 Adder<G1Group>::add_batch};
const AdditionKernel<8> kAvx512IfmaG2Addition = {Adder<G2Group>::scratch_bytes,
                                                 Adder<G2Group>::add_batch};

}  // namespace zkp::prover::curve

#endif
