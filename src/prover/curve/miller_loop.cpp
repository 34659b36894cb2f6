#include "prover/curve/miller_loop.h"

#include <algorithm>
#include <array>
#include <bit>

#include "prover/curve/frobenius.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/pairing_kernels.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// Of Vercauteren's 6 x + 2.
constexpr auto kLoopDigits = non_adjacent_form<66>(field::Wide{6} * kBnParameter + 2);
static_assert(kLoopDigits.back() == 1);

// A doubling for each digit but the last, an addition for those of them that are not 0, and two.
constexpr std::size_t kLineCount =
    2 * (kLoopDigits.size() - 1) - std::ranges::count(kLoopDigits, 0) + 2;

template <class Value, class Steps>
Value run(Steps& steps) {
  return run_miller_loop<Value>(kLoopDigits.data(), kLoopDigits.size(), steps);
}

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
struct G2Runner {
  Addends addends;
  MultipleOf<Fq2> multiple;

  explicit G2Runner(const G2Affine& g2)
      : addends(addends_of(g2)), multiple{g2.x, g2.y, Fq2::one()} {}
  Line double_step() { return multiple.double_step(three_b()); }
  Line add_step(Addend addend) {
    const G2Affine& point = addends[static_cast<std::size_t>(addend)];
    return multiple.add_step(point.x, point.y);
  }
};

// Takes down the lines of one point, for which the loop goes without its value.
struct NoValue {
  static NoValue one() { return {}; }
  friend NoValue squared(NoValue value) { return value; }
};
struct Recording {
  G2Runner runner;
  std::vector<Line> lines;

  void double_all(NoValue& /*value*/) { lines.push_back(runner.double_step()); }
  void add_all(NoValue& /*value*/, Addend addend) { lines.push_back(runner.add_step(addend)); }
};

// Pairs on their way through the loop.
struct FreshRunner {
  G1Affine g1;
  G2Runner runner;

  [[nodiscard]] Line at_g1(const Line& line) const {
    return {line.constant * g1.y, line.slope * g1.x, line.offset};
  }
};

struct PreparedRunner {
  Fq x_over_y, y_inverse;
  const MonicLine* line;

  MonicLine next_line() {
    const MonicLine& next = *line++;
    return {next.slope * x_over_y, next.offset * y_inverse};
  }
};

std::vector<PreparedRunner> runners_of(std::span<const PreparedPair> pairs) {
  std::vector<Fq> inverses, scratch(pairs.size());
  for (const PreparedPair& pair : pairs) inverses.push_back(pair.g1.y);
  field::invert_batch<Fq>(inverses, scratch);
  std::vector<PreparedRunner> result;
  for (const auto& [g1, g2] : pairs) {  // (x / z^2, y / z^3); of infinity every line is 1
    const Fq z_over_y = g1.z * inverses[result.size()];
    result.push_back({g1.x * z_over_y, g1.z.squared() * z_over_y, g2->lines.data()});
  }
  return result;
}

struct Multiplication {
  std::vector<FreshRunner> fresh;
  std::vector<PreparedRunner> prepared;

  void double_all(Fq12& value) {
    for (auto& pair : fresh) value = value * pair.at_g1(pair.runner.double_step());
    for (auto& pair : prepared) value = value * pair.next_line();
  }
  void add_all(Fq12& value, Addend addend) {
    for (auto& pair : fresh) value = value * pair.at_g1(pair.runner.add_step(addend));
    for (auto& pair : prepared) value = value * pair.next_line();
  }
};

LanePair lane_pair(const PointPair& pair) {
  LanePair result{};
  result.g1 = std::bit_cast<PointWords<4>>(pair.g1);
  const Addends addends = addends_of(pair.g2);
  for (std::size_t i = 0; i < addends.size(); ++i) {
    result.addends[i] = std::bit_cast<PointWords<8>>(addends[i]);
  }
  return result;
}

// Filled up with ones that contribute 1.
std::vector<LanePair> lane_pairs(std::span<const PointPair> pairs) {
  std::vector<LanePair> result;
  for (const PointPair& pair : pairs) {
    if (!pair.g1.is_infinity() && !pair.g2.is_infinity()) result.push_back(lane_pair(pair));
  }
  const LanePair filler = lane_pair({G1Affine::infinity(), g2_generator()});
  while (result.size() % kPairingLanes != 0) result.push_back(filler);
  return result;
}

bool is_in_subgroup(const LanePair& pair) {
  const auto fq2 = [](const std::uint64_t(&words)[8]) { return std::bit_cast<Fq2>(words); };
  return is_in_subgroup({fq2(pair.x), fq2(pair.y), fq2(pair.z)},
                        std::bit_cast<Addends>(pair.addends));
}

}  // namespace

PreparedG2 prepare(const G2Affine& point) {
  if (point.is_infinity()) return {std::vector<MonicLine>(kLineCount)};  // all of them 1
  Recording recording{G2Runner(point), {}};
  run<NoValue>(recording);
  ZKP_ASSERT(recording.lines.size() == kLineCount);
  std::vector<Fq2> inverses, scratch(kLineCount);
  for (const Line& line : recording.lines) inverses.push_back(line.constant);
  field::invert_batch<Fq2>(inverses, scratch);
  PreparedG2 prepared;
  for (const Line& line : recording.lines) {
    const Fq2& inverse = inverses[prepared.lines.size()];
    prepared.lines.push_back({line.slope * inverse, line.offset * inverse});
  }
  return prepared;
}

MillerLoop miller_loop(std::span<const PointPair> pairs, std::span<const PreparedPair> prepared) {
  Multiplication steps{{}, runners_of(prepared)};
  for (const PointPair& pair : pairs) {
    if (pair.g1.is_infinity() || pair.g2.is_infinity()) continue;
    steps.fresh.push_back({pair.g1, G2Runner(pair.g2)});
  }
  const Fq12 value = run<Fq12>(steps);
  return {value, std::ranges::all_of(steps.fresh, [](const FreshRunner& pair) {
            return is_in_subgroup(pair.runner.multiple, pair.runner.addends);
          })};
}

MillerLoop miller_loop_of_many(std::span<const PointPair> pairs, const field::Kernels& kernels) {
  const PairingKernel* const kernel = pairing_kernel(kernels);
  if (kernel == nullptr) return miller_loop(pairs);
  MillerLoop loop{Fq12::one(), true};
  std::vector<LanePair> all = lane_pairs(pairs);
  const auto three_b_words = std::bit_cast<std::array<std::uint64_t, 8>>(three_b());
  for (std::size_t i = 0; i < all.size(); i += kMostPairs) {
    const auto some = std::span(all).subspan(i, std::min(kMostPairs, all.size() - i));
    std::array<Fq12Words, kPairingLanes> values;
    kernel->miller_loop(kLoopDigits.data(), kLoopDigits.size(), three_b_words.data(), some.data(),
                        some.size(), values.data());
    for (const Fq12Words& value : values) loop.value = loop.value * std::bit_cast<Fq12>(value);
  }
  loop.g2_in_subgroup =
      std::ranges::all_of(all, [](const LanePair& pair) { return is_in_subgroup(pair); });
  return loop;
}

}  // namespace zkp::prover::curve
