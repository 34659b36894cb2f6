#include "prover/curve/short_scalar.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

class EveryBackendMultiplies : public ::testing::TestWithParam<field::KernelsChoice> {
  void SetUp() override {
    if (!GetParam().runs) GTEST_SKIP() << "this CPU lacks what it needs";
  }
};
INSTANTIATE_TEST_SUITE_P(Kernels, EveryBackendMultiplies, testing::ValuesIn(field::all_kernels()),
                         [](const auto& choice) { return choice.param.kernels->name; });

TEST_P(EveryBackendMultiplies, MultiplesAreThoseByTheValue) {
  std::vector<G1Affine> choices = points_for_tests(G1Params{});
  std::erase(choices, G1Affine::infinity());
  EXPECT_TRUE(rc::check([&choices](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const auto count = *rc::gen::inRange<std::size_t>(0, 20);
    std::vector<G1Affine> points(count);
    std::vector<ShortScalar> scalars(count);
    for (std::size_t i = 0; i < count; ++i) {
      points[i] = choices[random.next_u64() % choices.size()];
      const auto half = [&random] {
        return *rc::gen::element<std::uint64_t>(0, 1, 2, ~std::uint64_t{0}, random.next_u64());
      };
      const std::uint64_t first = half();
      scalars[i] = {first, half()};
    }
    const std::vector<G1> each = multiples(points, scalars, *GetParam().kernels);
    RC_ASSERT(each.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      RC_ASSERT(each[i] == G1::from_affine(points[i]) * scalars[i].value());
    }
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
