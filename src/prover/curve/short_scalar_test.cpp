#include "prover/curve/short_scalar.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace zkp::prover::curve {
namespace {

G1Affine g1_times(const Fr& scalar) {
  return (G1::from_affine(g1_generator()) * scalar).to_affine();
}

// With vectors and without. What this CPU cannot run is skipped.
class ShortScalarBy : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) return;
    vector = vector_pairing();
    if (vector == nullptr) GTEST_SKIP() << "this CPU has no vectors for it";
  }
  const VectorPairing* vector = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Each, ShortScalarBy, ::testing::Bool(), [](const auto& parameter) {
  return parameter.param ? "Vectors" : "Elements";
});

TEST_P(ShortScalarBy, MultiplesAreThoseByTheValue) {
  EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const auto count = *rc::gen::inRange<std::size_t>(0, 150);
    std::vector<G1Affine> points(count);
    std::vector<ShortScalar> scalars(count);
    G1 want = G1::infinity();
    for (std::size_t i = 0; i < count; ++i) {
      // Equal and opposite points meet in a sum, and infinity is among them.
      const auto factor = *rc::gen::inRange<std::uint64_t>(0, 3);
      points[i] = g1_times(Fr::from_u64(factor));
      if (*rc::gen::inRange(0, 2) == 0) points[i] = -points[i];
      scalars[i] = ShortScalar::random(random);
      if (*rc::gen::inRange(0, 4) == 0) scalars[i].first = 0;
      if (*rc::gen::inRange(0, 4) == 0) scalars[i].second = ~std::uint64_t{0};
      want = want + G1::from_affine(points[i]) * scalars[i].value();
    }
    RC_ASSERT(sum_of_multiples(points, scalars, vector) == want);
    const std::vector<G1> each = multiples(points, scalars, vector);
    RC_ASSERT(each.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      RC_ASSERT(each[i] == G1::from_affine(points[i]) * scalars[i].value());
    }
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
