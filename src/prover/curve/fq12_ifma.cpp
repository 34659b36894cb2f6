// One element of Fq12 across the lanes of a vector.

#if defined(__x86_64__)

#include "prover/curve/hard_part.h"
#include "prover/curve/ifma_lanes.h"
#include "prover/curve/miller_steps.h"

namespace zkp::prover::curve {
namespace {

// Lane i < 6 has the coefficient of w^i, and w^6 = 9 + u. The others have anything.
struct Fq12 {
  Fq2 c;

  static Fq12 one() { return {{blend(1, {}, constant(k2To260)), {}}}; }
};

// Numbers of lanes; 8 to 15 are those of the second operand.
struct Lanes {
  alignas(64) long long lane[kLanes];
};

// Products by w^i: lane j has coefficient j - i, or (9 + u) times coefficient j - i + 6.
struct Rotations {
  Lanes by[6];
};
constexpr Rotations kRotations = [] {
  Rotations rotations{};
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) rotations.by[i].lane[j] = j >= i ? j - i : j - i + 6 + 8;
  }
  return rotations;
}();

[[gnu::always_inline]] inline Fq permuted(const Lanes& lanes, Fq a, const Fq& b) {
  const Vector index = _mm512_load_si512(lanes.lane);
  for (int i = 0; i < kLimbs; ++i) {
    a.limb[i] = _mm512_permutex2var_epi64(a.limb[i], index, b.limb[i]);
  }
  return a;
}
[[gnu::always_inline]] inline Fq2 permuted(const Lanes& lanes, const Fq2& a, const Fq2& b) {
  return {permuted(lanes, a.c0, b.c0), permuted(lanes, a.c1, b.c1)};
}

[[gnu::always_inline]] inline Fq broadcast(Fq a, int lane) {
  for (int i = 0; i < kLimbs; ++i)
    a.limb[i] = _mm512_permutexvar_epi64(all(static_cast<std::uint64_t>(lane)), a.limb[i]);
  return a;
}

[[gnu::noinline]] Fq12 operator*(const Fq12& a, const Fq12& b) {
  const Fq sum_of_a = factor(a.c).sum;
  const Fq2 wrapped = b.c.times_non_residue();
  Sums sums;
  for (int i = 0; i < 6; ++i) {
    const Factor one_of_a = {{broadcast(a.c.c0, i), broadcast(a.c.c1, i)}, broadcast(sum_of_a, i)};
    sums.add(one_of_a, permuted(kRotations.by[i], b.c, wrapped));
  }
  return {sums.reduced()};
}

Fq12 squared(const Fq12& a) { return a * a; }

// Granger, Scott 2010, section 3.2, as for one element at a time (fq12.cpp), with w^3 for s:
//   3 (a0^2 + n a3^2) - 2 a0   6 n a2 a5 + 2 a1   3 (a1^2 + n a4^2) - 2 a2
//   6 a0 a3 + 2 a3   3 (a2^2 + n a5^2) - 2 a4   6 a1 a4 + 2 a5     for n = 9 + u
[[gnu::noinline]] Fq12 cyclotomic_squared(const Fq12& a) {
  constexpr int kTimes = 8;  // n
  static constexpr Lanes kFactors[2][2] = {
      {{{0, 2, 1, 0, 2, 1}}, {{0, 5 + kTimes, 1, 3, 2, 4}}},
      {{{3 + kTimes, 5 + kTimes, 4 + kTimes, 3, 5 + kTimes, 4}}, {{3, 2, 4, 0, 5, 1}}}};
  const Fq2 times = a.c.times_non_residue();
  Sums sums;
  for (const Lanes(&factors)[2] : kFactors) {
    sums.add(factor(permuted(factors[0], a.c, times)), permuted(factors[1], a.c, times));
  }
  const Fq2 squares = sums.reduced();
  constexpr __mmask8 kOdd = 0b101010;
  const auto combined = [](const Fq& square, const Fq& c) {
    const Fq one = blend(kOdd, difference(square, c), sum(square, c));
    return reduced(sum(reduced(sum(one, one)), square));
  };
  return {{combined(squares.c0, a.c.c0), combined(squares.c1, a.c.c1)}};
}

Fq12 conjugate(const Fq12& a) {
  constexpr __mmask8 kOdd = 0b101010;
  const Fq2 opposite = -a.c;
  return {{blend(kOdd, a.c.c0, opposite.c0), blend(kOdd, a.c.c1, opposite.c1)}};
}

// For power_of_hard_part(), which knows no more of an element than its type.
struct Powered {
  Fq12 value;
  const Fq2* frobenius_factors;
};
Powered operator*(const Powered& a, const Powered& b) {
  return {a.value * b.value, a.frobenius_factors};
}
Powered cyclotomic_squared(const Powered& a) {
  return {cyclotomic_squared(a.value), a.frobenius_factors};
}
Powered conjugate(const Powered& a) { return {conjugate(a.value), a.frobenius_factors}; }
Powered frobenius(const Powered& a) {
  const Fq2 conjugated = {a.value.c.c0, Fq{} - a.value.c.c1};
  return {{conjugated * *a.frobenius_factors}, a.frobenius_factors};
}

// Where the tower of fields has the coefficient of w^i.
constexpr int kPlace[6] = {0, 3, 1, 4, 2, 5};

Fq12 load(const RawFq12& raw) {
  RawFq2 lanes[kLanes]{};
  for (int i = 0; i < 6; ++i) lanes[i] = raw.c[kPlace[i]];
  return {load(lanes, sizeof(RawFq2))};
}

void store(const Fq12& a, RawFq12& raw) {
  RawFq2 lanes[kLanes];
  store(a.c, lanes, sizeof(RawFq2));
  for (int i = 0; i < 6; ++i) raw.c[kPlace[i]] = lanes[i];
}

// value / 16 in every lane, which saves the way to another form of Montgomery's: factors in Fq do
// not count in a line.
Fq broadcast(const RawFq& raw) {
  const std::uint64_t* word = raw.limb;
  return constant({word[0] & kMask, (word[0] >> 52 | word[1] << 12) & kMask,
                   (word[1] >> 40 | word[2] << 24) & kMask, (word[2] >> 28 | word[3] << 36) & kMask,
                   word[3] >> 16});
}

[[gnu::noinline]] Fq12 operator*(const Fq12& a, const RawLine& line) {
  const Fq2 wrapped = a.c.times_non_residue();
  Sums sums;
  const auto add = [&](const RawFq2& coefficient, int power_of_w) {
    sums.add(factor({broadcast(coefficient.c0), broadcast(coefficient.c1)}),
             permuted(kRotations.by[power_of_w], a.c, wrapped));
  };
  add(line.constant, 0);
  add(line.slope, 1);
  add(line.offset, 3);
  return {sums.reduced()};
}

struct Steps {
  const RawLine* next;
  std::size_t width;

  void double_all(Fq12& value) {
    for (std::size_t i = 0; i < width; ++i) value = value * *next++;
  }
  void add_all(Fq12& value, Addend /*addend*/) { double_all(value); }
};

}  // namespace

void ifma_product_of_lines(const signed char* digits, int digit_count, const RawLine* lines,
                           std::size_t width, RawFq12* value) {
  Steps steps{lines, width};
  store(run_miller_loop<Fq12>(digits, digit_count, steps), *value);
}

void ifma_power_of_hard_part(const signed char* digits, int digit_count,
                             const RawFq2* frobenius_factors, RawFq12* value) {
  RawFq2 lanes[kLanes]{};
  for (int i = 0; i < 6; ++i) lanes[i] = frobenius_factors[i];
  const Fq2 factors = load(lanes, sizeof(RawFq2));
  const Powered f{load(*value), &factors};
  store(power_of_hard_part(f, ParameterDigits{digits, digit_count}).value, *value);
}

}  // namespace zkp::prover::curve

#endif
