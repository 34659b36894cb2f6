#include "prover/curve/fixed_sum.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace zkp::prover::curve {
namespace {

TEST(FixedSum, IsTheSum) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const auto count = *rc::gen::element<std::size_t>(0, 1, 2, 5, 64, 65);
    std::vector<G1Affine> points(count);
    std::vector<Fr> scalars(count);
    G1 want = G1::infinity();
    for (std::size_t i = 0; i < count; ++i) {
      points[i] = (G1::from_affine(g1_generator()) * Fr::from_u64(seed % 7 + i % 3)).to_affine();
      scalars[i] = *rc::gen::element(Fr::zero(), Fr::one(), -Fr::one(), Fr::random(random));
      want = want + G1::from_affine(points[i]) * scalars[i];
    }
    RC_ASSERT(FixedSum(points)(scalars) == want);
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
