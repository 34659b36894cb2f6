#include "prover/curve/pairing_kernels.h"

#include <array>
#include <bit>
#include <rapidcheck.h>
#include <vector>

#include <gtest/gtest.h>

#include "prover/curve/fq12.h"
#include "prover/curve/miller_steps.h"
#include "prover/curve/point.h"
#include "prover/field/kernels.h"

namespace zkp::prover::curve {
namespace {

constexpr std::array<signed char, 6> kDigits = {1, 0, -1, 1, 0, 1};

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
// One pair by elements.
struct OnePair {
  LanePair pair;
  Fq2 three_b;
  MultipleOf<Fq2> multiple;

  OnePair(const LanePair& of, const Fq2& b) : pair(of), three_b(b) {
    const auto [x, y] = std::bit_cast<G2Affine>(of.addends[0]);
    multiple = {x, y, Fq2::one()};
  }
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

Fq2 fq2_of(const std::uint64_t (&words)[8]) { return std::bit_cast<Fq2>(words); }

class EveryPairingKernel : public ::testing::TestWithParam<field::KernelsChoice> {
 protected:
  void SetUp() override {
    if (!GetParam().runs) GTEST_SKIP() << "this CPU lacks what it needs";
    if (kernel == nullptr) GTEST_SKIP() << "there is none for these kernels";
  }
  const PairingKernel* kernel = pairing_kernel(*GetParam().kernels);
};
INSTANTIATE_TEST_SUITE_P(Kernels, EveryPairingKernel, testing::ValuesIn(field::all_kernels()),
                         [](const auto& choice) { return choice.param.kernels->name; });

TEST(PairingKernels, OnlyTheVectorsHaveOne) {
  for (const auto& [kernels, runs] : field::all_kernels()) {
    EXPECT_EQ(pairing_kernel(*kernels) != nullptr, std::string_view(kernels->name) == "avx512ifma");
  }
}

// The steps are arithmetic in Fq2, whatever the coordinates: no need for them to be of points.
// So the numbers can be at the edges, where a vector's sums would run over.
TEST_P(EveryPairingKernel, LanesAreLoopsOneByOne) {
  EXPECT_TRUE(rc::check([this](const std::array<std::uint8_t, 4>& /*more cases*/) {
    const Fq2 three_b = any_fq2();
    std::vector<LanePair> pairs(kPairingLanes);
    std::array<Fq12, kPairingLanes> want;
    std::vector<MultipleOf<Fq2>> ends;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i].g1 = std::bit_cast<PointWords<4>>(any_fq2());
      for (PointWords<8>& addend : pairs[i].addends) {
        addend = std::bit_cast<PointWords<8>>(std::array{any_fq2(), any_fq2()});
      }
      OnePair steps(pairs[i], three_b);
      want.at(i) = run_miller_loop<Fq12>(kDigits.data(), kDigits.size(), steps);
      ends.push_back(steps.multiple);
    }
    const auto three_b_words = std::bit_cast<std::array<std::uint64_t, 8>>(three_b);
    std::array<Fq12Words, kPairingLanes> values;
    kernel->miller_loop(kDigits.data(), kDigits.size(), three_b_words.data(), pairs.data(),
                        pairs.size(), values.data());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      RC_ASSERT(std::bit_cast<Fq12>(values.at(i)) == want.at(i));
      RC_ASSERT(fq2_of(pairs[i].x) == ends[i].x);
      RC_ASSERT(fq2_of(pairs[i].y) == ends[i].y);
      RC_ASSERT(fq2_of(pairs[i].z) == ends[i].z);
    }
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
