#include "prover/curve/scale.h"

#include <gtest/gtest.h>

#include "prover/curve/endomorphism.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

std::vector<Fr> factors() {
  base::SeededRandom random(1);
  std::vector<Fr> factors = {
      Fr::zero(), Fr::one(),           -Fr::one(),       kLambda,
      -kLambda,   kLambda + Fr::one(), Fr::from_u64(31), Fr::from_u64(5).inverse()};
  for (int i = 0; i < 4; ++i) factors.push_back(Fr::random(random));
  return factors;
}

TEST(Split, GivesHalvesOfTheScalar) {
  base::SeededRandom random(2);
  std::vector<Fr> scalars = factors();
  for (int i = 0; i < 1000; ++i) scalars.push_back(Fr::random(random));
  const auto value = [](const HalfScalar& half) {
    const Fr magnitude = Fr::from_standard({static_cast<std::uint64_t>(half.magnitude),
                                            static_cast<std::uint64_t>(half.magnitude >> 64)});
    return half.negative ? -magnitude : magnitude;
  };
  for (const Fr& scalar : scalars) {
    const HalfScalars halves = split(scalar);
    EXPECT_EQ(value(halves.first) + value(halves.second) * kLambda, scalar);
  }
}

TEST(Scale, IsAMultiplicationOfEachPoint) {
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    for (const Fr& factor : factors()) {
      const std::vector<G1Affine> points = points_for_tests(G1Params{});
      ASSERT_GT(points.size(), 512U);  // more than a chunk
      std::vector<G1Affine> scaled = points;
      ASSERT_TRUE(scale(scaled, factor, *choice.kernels).ok());
      for (std::size_t i = 0; i < points.size(); ++i) {
        EXPECT_EQ(scaled[i], (G1::from_affine(points[i]) * factor).to_affine())
            << choice.kernels->name << ", point " << i << ", factor " << factor.to_decimal();
      }
    }
  }
}

TEST(Scale, TakesAnyNumberOfPoints) {
  for (const std::size_t count : {0U, 1U, 7U, 255U, 256U, 257U}) {
    std::vector<G1Affine> points(count, g1_generator());
    ASSERT_TRUE(scale(points, Fr::from_u64(2), field::portable_kernels()).ok());
    const G1Affine want = G1::from_affine(g1_generator()).doubled().to_affine();
    EXPECT_EQ(points, std::vector<G1Affine>(count, want));
  }
}

TEST(Scale, IsCancelled) {
  std::stop_source source;
  source.request_stop();
  std::vector<G1Affine> points(3, g1_generator());
  const auto status = scale(points, Fr::one(), field::portable_kernels(), source.get_token());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace zkp::prover::curve
