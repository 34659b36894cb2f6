#include "prover/curve/miller_loop.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "prover/curve/frobenius.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// Of Vercauteren's 6 x + 2.
constexpr auto kLoopDigits =
    below_the_first<non_adjacent_form<66>(field::Wide{6} * kBnParameter + 2)>();

constexpr std::size_t kLineCount =
    2 * kLoopDigits.size() - std::ranges::count(kLoopDigits, 0) + 2;  // with those of psi

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

class Lines {
 public:
  Lines(std::span<const PointPair> pairs, std::span<const PreparedPair> prepared) {
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

  // Hands on the lines of one step.
  template <class Take>
  void double_all(const Take& take) {
    for (Fresh& pair : fresh_) take(pair.at_g1(pair.runner.double_step()));
    for (Prepared& pair : prepared_) take(pair.next_line());
  }
  template <class Take>
  void add_all(Addend addend, const Take& take) {
    for (Fresh& pair : fresh_) take(pair.at_g1(pair.runner.add_step(addend)));
    for (Prepared& pair : prepared_) take(pair.next_line());
  }

  [[nodiscard]] std::size_t width() const { return fresh_.size() + prepared_.size(); }
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

struct Multiplication {
  Lines lines;
  void double_all(Fq12& value) {
    lines.double_all([&value](const auto& line) { value = value * line; });
  }
  void add_all(Fq12& value, Addend addend) {
    lines.add_all(addend, [&value](const auto& line) { value = value * line; });
  }
};

// Takes down the lines, for which the loop goes without its value.
struct NoValue {
  static NoValue one() { return {}; }
  friend NoValue squared(NoValue value) { return value; }
};
struct Recording {
  Lines lines;
  std::vector<Line> record;

  void double_all(NoValue& /*value*/) { lines.double_all(Into{record}); }
  void add_all(NoValue& /*value*/, Addend addend) { lines.add_all(addend, Into{record}); }

 private:
  struct Into {
    std::vector<Line>& record;
    void operator()(const Line& line) const { record.push_back(line); }
    void operator()(const MonicLine& line) const {
      record.push_back({Fq2::one(), line.slope, line.offset});
    }
  };
};

template <class Value, class Steps>
Value run(Steps& steps) {
  return run_miller_loop<Value>(kLoopDigits.data(), kLoopDigits.size(), steps);
}

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
  if (point.is_infinity()) return {std::vector<MonicLine>(kLineCount)};  // all of them 1
  const PointPair at_one{{Fq::one(), Fq::one()}, point};
  Recording recording{Lines({&at_one, 1}, {}), {}};
  run<NoValue>(recording);
  const std::vector<Line>& lines = recording.record;
  ZKP_ASSERT(lines.size() == kLineCount);
  std::vector<Fq2> inverses, scratch(lines.size());
  for (const Line& line : lines) inverses.push_back(line.constant);
  field::invert_batch<Fq2>(inverses, scratch);
  PreparedG2 prepared;
  for (std::size_t i = 0; i < inverses.size(); ++i) {
    const Line& line = lines[i];
    prepared.lines.push_back({line.slope * inverses[i], line.offset * inverses[i]});
  }
  return prepared;
}

MillerLoop miller_loop(std::span<const PointPair> pairs, std::span<const PreparedPair> prepared,
                       const VectorPairing* vector) {
  Lines lines(pairs, prepared);
  if (vector == nullptr) {
    Multiplication steps{std::move(lines)};
    const Fq12 value = run<Fq12>(steps);
    return {value, steps.lines.all_in_subgroup()};
  }
  Recording steps{std::move(lines), {}};
  run<NoValue>(steps);
  std::vector<RawLine> raw(steps.record.size());
  std::ranges::transform(steps.record, raw.begin(),
                         [](const Line& line) { return std::bit_cast<RawLine>(line); });
  RawFq12 value;
  vector->product_of_lines(kLoopDigits.data(), kLoopDigits.size(), raw.data(), steps.lines.width(),
                           &value);
  return {std::bit_cast<Fq12>(value), steps.lines.all_in_subgroup()};
}

MillerLoop miller_loop_of_many(std::span<const PointPair> pairs, const VectorPairing* vector) {
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
