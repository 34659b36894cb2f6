#include "prover/curve/vector_pairing.h"

#include <array>
#include <bit>
#include <rapidcheck.h>
#include <vector>

#include <gtest/gtest.h>

#include "prover/curve/fq12.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/point.h"

namespace zkp::prover::curve {
namespace {

// The steps are arithmetic in Fq2, whatever the coordinates: no need for them to be of points.
// So the numbers can be at the edges, where a vector's sums would run over.
struct VectorPairingTest : ::testing::Test {
  void SetUp() override {
    vector = vector_pairing();
    if (vector == nullptr) GTEST_SKIP() << "this CPU has no vectors for it";
  }
  const VectorPairing* vector = nullptr;
};

constexpr std::array<signed char, 5> kDigits = {0, 1, -1, 0, 1};

Fq any_fq() {
  const std::uint64_t ones = ~std::uint64_t{0};
  const std::array<Fq, 6> edges = {Fq::zero(),
                                   Fq{{1, 0, 0, 0}},
                                   -Fq{{1, 0, 0, 0}},
                                   Fq{{ones, ones, ones, 0x2fffffffffffffff}},
                                   Fq{{0, 0, 0, 0x3000000000000000}},
                                   -Fq{{0, 0, 0, 0x0800000000000000}}};
  const auto index = *rc::gen::inRange<std::size_t>(0, edges.size() + 2);
  if (index < edges.size()) return edges.at(index);
  base::SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  return Fq::random(random);
}
Fq2 any_fq2() {
  const Fq c0 = any_fq();
  return {c0, any_fq()};
}
Line any_line() {
  const Fq2 constant = any_fq2();
  const Fq2 slope = any_fq2();
  return {constant, slope, any_fq2()};
}

// Multiplies by given lines, one by one.
struct GivenLines {
  std::vector<Line> lines;
  std::size_t width;
  std::size_t next = 0;
  void double_all(Fq12& value) {
    for (std::size_t i = 0; i < width; ++i) value = value * lines.at(next++);
  }
  void add_all(Fq12& value, Addend /*addend*/) { double_all(value); }
};

TEST_F(VectorPairingTest, ProductOfLinesIsThatOneByOne) {
  EXPECT_TRUE(rc::check([this](const std::array<std::uint8_t, 4>& /*more cases*/) {
    const auto width = *rc::gen::inRange<std::size_t>(0, 4);
    std::vector<Line> lines(10 * width);
    std::vector<RawLine> raw;
    const Fq sixteenth = Fq::from_u64(16).inverse();
    for (Line& line : lines) {
      line = any_line();
      raw.push_back(std::bit_cast<RawLine>(line));
      // Their way into vectors divides them by 16.
      line = {line.constant * sixteenth, line.slope * sixteenth, line.offset * sixteenth};
    }
    GivenLines steps{lines, width};
    const Fq12 want = run_miller_loop<Fq12>(kDigits.data(), kDigits.size(), steps);
    RawFq12 value;
    vector->product_of_lines(kDigits.data(), kDigits.size(), raw.data(), width, &value);
    RC_ASSERT(std::bit_cast<Fq12>(value) == want);
  }));
}

// One pair by elements.
struct OnePair {
  VectorPair pair;
  Fq2 three_b;
  MultipleOf<Fq2> multiple;

  OnePair(const VectorPair& of, const Fq2& b)
      : pair(of),
        three_b(b),
        multiple{std::bit_cast<Fq2>(of.addends[0].x), std::bit_cast<Fq2>(of.addends[0].y),
                 Fq2::one()} {}
  [[nodiscard]] Line at_g1(const Line& line) const {
    const auto g1 = std::bit_cast<G1Affine>(pair.g1);
    return {line.constant * g1.y, line.slope * g1.x, line.offset};
  }
  void double_all(Fq12& value) { value = value * at_g1(multiple.double_step(three_b)); }
  void add_all(Fq12& value, Addend addend) {
    const auto point = std::bit_cast<G2Affine>(pair.addends[static_cast<int>(addend)]);
    value = value * at_g1(multiple.add_step(point.x, point.y));
  }
};

TEST_F(VectorPairingTest, LanesAreLoopsOneByOne) {
  EXPECT_TRUE(rc::check([this](const std::array<std::uint8_t, 4>& /*more cases*/) {
    const Fq2 three_b = any_fq2();
    const auto raw_three_b = std::bit_cast<RawFq2>(three_b);
    std::vector<VectorPair> pairs(kLanes);
    std::array<Fq12, kLanes> want;
    std::vector<MultipleOf<Fq2>> ends;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto point = [] {
        return RawG2Affine{std::bit_cast<RawFq2>(any_fq2()), std::bit_cast<RawFq2>(any_fq2())};
      };
      pairs[i].g1 = {std::bit_cast<RawFq>(any_fq()), std::bit_cast<RawFq>(any_fq())};
      for (RawG2Affine& addend : pairs[i].addends) addend = point();
      OnePair steps(pairs[i], three_b);
      want.at(i) = run_miller_loop<Fq12>(kDigits.data(), kDigits.size(), steps);
      ends.push_back(steps.multiple);
    }
    std::array<RawFq12, kLanes> values;
    vector->miller_loop(kDigits.data(), kDigits.size(), &raw_three_b, pairs.data(), pairs.size(),
                        values.data());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      RC_ASSERT(std::bit_cast<Fq12>(values.at(i)) == want.at(i));
      RC_ASSERT(std::bit_cast<Fq2>(pairs[i].x) == ends[i].x);
      RC_ASSERT(std::bit_cast<Fq2>(pairs[i].y) == ends[i].y);
      RC_ASSERT(std::bit_cast<Fq2>(pairs[i].z) == ends[i].z);
    }
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
