#include <gtest/gtest.h>

#include "prover/curve/msm.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

// 10069 divides the order of the curve: a point of that order, the smallest there is.
G2Affine point_of_least_order(base::Random& random) {
  constexpr field::Limbs kRest = {0x6c3cd334915f1659, 0x207142f7671af448, 0x9e28bcf65b5681da,
                                  0x13af7a58fce69};  // (2 q - r) / 10069
  while (true) {
    const G2 cleared = G2::from_affine(curve_point(random)).times(Fr::kModulus).times(kRest);
    if (!cleared.is_infinity()) return cleared.to_affine();
  }
}

TEST(AllInSubgroup, SeesOnePointAmongMany) {
  base::SeededRandom random(1);
  std::vector<Fr> scalars(300);
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  const G2Affine small = point_of_least_order(random);
  ASSERT_TRUE((G2::from_affine(small).times({10069, 0, 0, 0})).is_infinity());
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    const auto in_subgroup = [&](std::span<const G2Affine> points) {
      return all_in_subgroup(points, random, *choice.kernels).value();
    };
    std::vector<G2Affine> points =
        multiply_fixed_base(g2_generator(), scalars, *choice.kernels).value();
    points[7] = G2Affine::infinity();
    EXPECT_TRUE(in_subgroup(points));
    EXPECT_TRUE(in_subgroup({}));
    const G2Affine good = points[200];
    points[200] = curve_point(random);
    EXPECT_FALSE(in_subgroup(points)) << choice.kernels->name;
    points[200] = (G2::from_affine(good) + small).to_affine();
    EXPECT_FALSE(in_subgroup(points)) << choice.kernels->name;
  }
}

}  // namespace
}  // namespace zkp::prover::curve
