// Pairings and multiples of points in the lanes of a vector, one in each.

#if defined(__x86_64__)

#include "prover/curve/ifma_lanes.h"
#include "prover/curve/miller_steps.h"

namespace zkp::prover::curve {
namespace {

using Fq12 = Fq12Of<Fq2>;
using Line = LineOf<Fq2>;

[[gnu::noinline]] Fq2 sum_of_products(const Factor& a, const Fq2& b, const Factor& c, const Fq2& d,
                                      const Factor& e, const Fq2& f) {
  Sums sums;
  sums.add(a, b);
  sums.add(c, d);
  sums.add(e, f);
  return sums.reduced();
}

// The schoolbook's 18 products: they have their sums reduced together, and Karatsuba's additions
// would cost more than what they save. a0 to a5
// are the coefficients of w^0 to w^5, n3 to n5 those times w^6 = 9 + u.
Fq12 operator*(const Fq12& a, const Line& line) {
  const Factor k = factor(line.constant), s = factor(line.slope), o = factor(line.offset);
  const auto& [a0, a2, a4] = a.c0;
  const auto& [a1, a3, a5] = a.c1;
  const Fq2 n3 = a3.times_non_residue();
  const Fq2 n4 = a4.times_non_residue();
  const Fq2 n5 = a5.times_non_residue();
  return {{sum_of_products(k, a0, s, n5, o, n3), sum_of_products(k, a2, s, a1, o, n5),
           sum_of_products(k, a4, s, a3, o, a1)},
          {sum_of_products(k, a1, s, a0, o, n4), sum_of_products(k, a3, s, a2, o, a0),
           sum_of_products(k, a5, s, a4, o, a2)}};
}

// Eight pairs.
struct Pairs {
  Fq x, y;
  Fq2 addend_x[kAddends], addend_y[kAddends];
  MultipleOf<Fq2> multiple;
};

Line at_g1(const Line& line, const Pairs& pairs) {
  return {line.constant * pairs.y, line.slope * pairs.x, line.offset};
}

struct Steps {
  Pairs* pairs;
  std::size_t count;
  Fq2 three_b;

  void double_all(Fq12& value) {
    for (std::size_t i = 0; i < count; ++i) {
      value = value * at_g1(pairs[i].multiple.double_step(three_b), pairs[i]);
    }
  }
  void add_all(Fq12& value, Addend addend) {
    const int index = static_cast<int>(addend);
    for (std::size_t i = 0; i < count; ++i) {
      const Line line =
          pairs[i].multiple.add_step(pairs[i].addend_x[index], pairs[i].addend_y[index]);
      value = value * at_g1(line, pairs[i]);
    }
  }
};

void load_pairs(const VectorPair* from, Pairs& to) {
  constexpr std::size_t kStride = sizeof(VectorPair);
  to.x = load(&from->g1.x, kStride);
  to.y = load(&from->g1.y, kStride);
  for (int i = 0; i < kAddends; ++i) {
    to.addend_x[i] = load(&from->addends[i].x, kStride);
    to.addend_y[i] = load(&from->addends[i].y, kStride);
  }
  to.multiple = {to.addend_x[0], to.addend_y[0], Fq2::one()};
}

void store_multiples(const Pairs& from, VectorPair* to) {
  store(from.multiple.x, &to->x, sizeof(VectorPair));
  store(from.multiple.y, &to->y, sizeof(VectorPair));
  store(from.multiple.z, &to->z, sizeof(VectorPair));
}

void miller_loop(const signed char* digits, int digit_count, const RawFq2* three_b,
                 VectorPair* pairs, std::size_t count, RawFq12* values) {
  Pairs loaded[kMostPairs / kLanes];
  for (std::size_t i = 0; i < count; i += kLanes) load_pairs(pairs + i, loaded[i / kLanes]);
  Steps steps{loaded, count / kLanes, load(three_b, 0)};
  const Fq12 value = run_miller_loop<Fq12>(digits, digit_count, steps);
  const Fq2* coefficients[] = {&value.c0.c0, &value.c0.c1, &value.c0.c2,
                               &value.c1.c0, &value.c1.c1, &value.c1.c2};
  for (int i = 0; i < 6; ++i) store(*coefficients[i], &values->c[i], sizeof(RawFq12));
  for (std::size_t i = 0; i < count; i += kLanes) store_multiples(loaded[i / kLanes], pairs + i);
}

// Eight points of G1 in Jacobian coordinates.
// Formulas: Bernstein and Lange, Explicit-Formulas Database, short Weierstrass with a = 0.
struct Points {
  Fq x, y, z;
};

Points doubled(const Points& p) {  // dbl-2009-l
  const Fq a = squared(p.x);
  const Fq b = squared(p.y);
  const Fq c = squared(b);
  const Fq xb = p.x * b;
  const Fq c4 = reduced(sum(sum(c, c), sum(c, c)));
  const Fq d = reduced(sum(sum(xb, xb), sum(xb, xb)));
  const Fq e = reduced(sum(sum(a, a), a));
  const Fq x = reduced(difference(squared(e), sum(d, d)));
  const Fq yz = p.y * p.z;
  return {x, reduced(difference(e * (d - x), sum(c4, c4))), yz + yz};
}

Points plus(const Points& p, const Fq& qx, const Fq& qy) {  // madd-2004-hmv
  const Fq zz = squared(p.z);
  const Fq h = qx * zz - p.x;
  const Fq r = qy * (p.z * zz) - p.y;
  const Fq hh = squared(h);
  const Fq hhh = h * hh;
  const Fq v = p.x * hh;
  const Fq x = reduced(difference(squared(r), sum(hhh, sum(v, v))));
  return {x, r * (v - x) - p.y * hhh, p.z * h};
}

// P, lambda P and P + lambda P = -lambda^2 P, for eight points P.
struct Term {
  Fq x[3];
  Fq y, opposite_y;
  Vector first, second;
};

void load_term(const VectorTerm* from, const Fq& beta, Term& to) {
  constexpr std::size_t kStride = sizeof(VectorTerm);
  to.x[0] = load(&from->point.x, kStride);
  to.x[1] = to.x[0] * beta;
  to.x[2] = to.x[1] * beta;
  to.y = load(&from->point.y, kStride);
  to.opposite_y = Fq{} - to.y;
  alignas(64) std::uint64_t first[kLanes], second[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    first[lane] = from[lane].first;
    second[lane] = from[lane].second;
  }
  to.first = _mm512_load_si512(first);
  to.second = _mm512_load_si512(second);
}

// p plus the term's multiple by its two bits of weight `weight`.
Points plus(const Points& p, const Term& term, Vector weight) {
  const __mmask8 first = _mm512_test_epi64_mask(term.first, weight);
  const __mmask8 second = _mm512_test_epi64_mask(term.second, weight);
  const __mmask8 both = first & second;
  const Fq qx = blend(both, blend(second, term.x[0], term.x[1]), term.x[2]);
  const Points total = plus(p, qx, blend(both, term.y, term.opposite_y));
  const __mmask8 any = first | second;
  return {blend(any, p.x, total.x), blend(any, p.y, total.y), blend(any, p.z, total.z)};
}

void short_multiples(const RawG1Affine* start, const RawFq* beta, const VectorTerm* terms,
                     std::size_t count, RawG1* sums) {
  Term loaded[kMostTerms / kLanes];
  const Fq factor = load(beta, 0);
  for (std::size_t i = 0; i < count; i += kLanes) load_term(terms + i, factor, loaded[i / kLanes]);
  Points total = {load(&start->x, 0), load(&start->y, 0), constant(k2To260)};
  for (int bit = 63; bit >= 0; --bit) {
    total = doubled(total);
    const Vector weight = all(std::uint64_t{1} << bit);
    for (std::size_t i = 0; i < count / kLanes; ++i) total = plus(total, loaded[i], weight);
  }
  store(total.x, &sums->x, sizeof(RawG1));
  store(total.y, &sums->y, sizeof(RawG1));
  store(total.z, &sums->z, sizeof(RawG1));
}

}  // namespace

const VectorPairing kIfmaPairing = {miller_loop, short_multiples, ifma_product_of_lines,
                                    ifma_power_of_hard_part};

}  // namespace zkp::prover::curve

#endif
