#include "prover/curve/miller_loop.h"

#include <algorithm>
#include <array>
#include <bit>

#include "prover/curve/frobenius.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// Those of Vercauteren's 6 x + 2 below the first, from the top.
constexpr auto kLoopDigits = [] {
  constexpr auto kDigits = non_adjacent_form<66>(field::Wide{6} * kBnParameter + 2);
  static_assert(kDigits.back() == 1);
  std::array<signed char, kDigits.size() - 1> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = static_cast<signed char>(kDigits[digits.size() - 1 - i]);
  }
  return digits;
}();

const Fq2& three_b() {
  static const Fq2 kThreeB = G2Params::b().doubled() + G2Params::b();
  return kThreeB;
}

using Addends = std::array<G2Affine, kAddends>;

Addends addends_of(const G2Affine& point) {
  const G2Affine once = frobenius(point);
  return {point, -point, once, -frobenius(once)};
}

// After the loop: is (6 x + 2) Q + psi(Q) - psi^2(Q) = -psi^3(Q)? On G2, where psi is q, it is
// (Vercauteren 2010). Nowhere else: by psi^2 - t psi + q = 0 the relation is a + b psi, whose norm
// a^2 + a b t + b^2 q has with the curve's order (2 q - r) r no other common divisor than r.
bool is_in_subgroup(const MultipleOf<Fq2>& multiple, const Addends& addends) {
  const G2Affine want =
      frobenius(addends[static_cast<std::size_t>(Addend::opposite_frobenius_twice)]);
  return !multiple.z.is_zero() && multiple.x == want.x * multiple.z &&
         multiple.y == want.y * multiple.z;
}

// A point of G2 on its way through the loop.
struct Runner {
  Addends addends;
  MultipleOf<Fq2> multiple;

  explicit Runner(const G2Affine& g2) : addends(addends_of(g2)), multiple{g2.x, g2.y, Fq2::one()} {}
  Line double_step() { return multiple.double_step(three_b()); }
  Line add_step(Addend addend) {
    const G2Affine& point = addends[static_cast<std::size_t>(addend)];
    return multiple.add_step(point.x, point.y);
  }
};

class PairSteps {
 public:
  PairSteps(std::span<const PointPair> pairs, std::span<const PreparedPair> prepared) {
    for (const PointPair& pair : pairs) {
      if (pair.g1.is_infinity() || pair.g2.is_infinity()) continue;
      fresh_.push_back({pair.g1, Runner(pair.g2)});
    }
    std::vector<Fq> inverses, scratch(prepared.size());
    for (const PreparedPair& pair : prepared) inverses.push_back(pair.g1.y);
    field::invert_batch<Fq>(inverses, scratch);
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      const G1& g1 = prepared[i].g1;  // (x / z^2, y / z^3); of infinity, z = 0, every line is 1
      const Fq z_over_y = g1.z * inverses[i];
      prepared_.push_back(
          {g1.x * z_over_y, g1.z.squared() * z_over_y, prepared[i].g2->lines.data()});
    }
  }

  void double_all(Fq12& value) {
    for (Fresh& pair : fresh_) value = value * pair.at_g1(pair.runner.double_step());
    for (Prepared& pair : prepared_) value = value * pair.next_line();
  }
  void add_all(Fq12& value, Addend addend) {
    for (Fresh& pair : fresh_) value = value * pair.at_g1(pair.runner.add_step(addend));
    for (Prepared& pair : prepared_) value = value * pair.next_line();
  }

  [[nodiscard]] bool all_in_subgroup() const {
    return std::ranges::all_of(fresh_, [](const Fresh& pair) {
      return is_in_subgroup(pair.runner.multiple, pair.runner.addends);
    });
  }

 private:
  struct Fresh {
    G1Affine g1;
    Runner runner;
    [[nodiscard]] Line at_g1(const Line& line) const {
      return {line.constant * g1.y, line.slope * g1.x, line.offset};
    }
  };
  struct Prepared {
    Fq x_over_y, y_inverse;
    const MonicLine* line;
    MonicLine next_line() {
      const MonicLine& next = *line++;
      return {next.slope * x_over_y, next.offset * y_inverse};
    }
  };
  std::vector<Fresh> fresh_;
  std::vector<Prepared> prepared_;
};

// Writes down the lines of one point.
struct LineRecorder {
  Runner runner;
  std::vector<Line> lines;
  void double_all(Fq12& /*value*/) { lines.push_back(runner.double_step()); }
  void add_all(Fq12& /*value*/, Addend addend) { lines.push_back(runner.add_step(addend)); }
};

// The vectors' pairs, filled up with ones that contribute 1.
std::vector<VectorPair> vector_pairs(std::span<const PointPair> pairs) {
  const auto raw = [](const PointPair& pair) {
    const Addends addends = addends_of(pair.g2);
    VectorPair result{.g1 = std::bit_cast<RawG1Affine>(pair.g1)};
    for (std::size_t i = 0; i < addends.size(); ++i) {
      result.addends[i] = std::bit_cast<RawG2Affine>(addends[i]);
    }
    return result;
  };
  std::vector<VectorPair> result;
  for (const PointPair& pair : pairs) {
    if (!pair.g1.is_infinity() && !pair.g2.is_infinity()) result.push_back(raw(pair));
  }
  const VectorPair filler = raw({G1Affine::infinity(), g2_generator()});
  while (result.size() % kLanes != 0) result.push_back(filler);
  return result;
}

bool is_in_subgroup(const VectorPair& pair) {
  return is_in_subgroup(
      {std::bit_cast<Fq2>(pair.x), std::bit_cast<Fq2>(pair.y), std::bit_cast<Fq2>(pair.z)},
      std::bit_cast<Addends>(pair.addends));
}

}  // namespace

PreparedG2 prepare(const G2Affine& point) {
  LineRecorder recorder{Runner(point), {}};
  run_miller_loop<Fq12>(kLoopDigits.data(), kLoopDigits.size(), recorder);
  std::vector<Fq2> inverses, scratch(recorder.lines.size());
  for (const Line& line : recorder.lines) inverses.push_back(line.constant);
  field::invert_batch<Fq2>(inverses, scratch);
  PreparedG2 prepared;
  for (std::size_t i = 0; i < inverses.size(); ++i) {
    const Line& line = recorder.lines[i];
    prepared.lines.push_back({line.slope * inverses[i], line.offset * inverses[i]});
  }
  return prepared;
}

MillerLoop miller_loop(std::span<const PointPair> pairs, std::span<const PreparedPair> prepared) {
  PairSteps steps(pairs, prepared);
  const Fq12 value = run_miller_loop<Fq12>(kLoopDigits.data(), kLoopDigits.size(), steps);
  return {value, steps.all_in_subgroup()};
}

MillerLoop miller_loop(std::span<const PointPair> pairs, const VectorPairing* vector) {
  if (vector == nullptr) return miller_loop(pairs);
  MillerLoop loop{Fq12::one(), true};
  std::vector<VectorPair> all = vector_pairs(pairs);
  const auto raw_three_b = std::bit_cast<RawFq2>(three_b());
  for (std::size_t i = 0; i < all.size(); i += kMostPairs) {
    const auto some = std::span(all).subspan(i, std::min(kMostPairs, all.size() - i));
    std::array<RawFq12, kLanes> values;
    vector->miller_loop(kLoopDigits.data(), kLoopDigits.size(), &raw_three_b, some.data(),
                        some.size(), values.data());
    for (const RawFq12& value : values) loop.value = loop.value * std::bit_cast<Fq12>(value);
    loop.g2_in_subgroup =
        loop.g2_in_subgroup &&
        std::ranges::all_of(some, [](const VectorPair& pair) { return is_in_subgroup(pair); });
  }
  return loop;
}

}  // namespace zkp::prover::curve
