#include "prover/curve/point.h"

#include <gtest/gtest.h>

#include "prover/curve/msm.h"

namespace zkp::prover::curve {
namespace {

TEST(Point, GeneratorsAreInTheirGroups) {
  EXPECT_TRUE(is_in_subgroup(g1_generator()));
  EXPECT_TRUE(is_in_subgroup(g2_generator()));
  EXPECT_TRUE(G1::from_affine(g1_generator()).times(Fr::kModulus).is_infinity());
  EXPECT_TRUE(G2::from_affine(g2_generator()).times(Fr::kModulus).is_infinity());
}

TEST(Msm, AgreesWithNaive) {
  base::SeededRandom random(1);
  std::vector<Fr> scalars(20);
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  const auto points =
      multiply_fixed_base(g2_generator(), scalars, field::portable_kernels()).value();
  std::vector<field::Limbs> standard;
  G2 want = G2::infinity();
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    EXPECT_EQ(G2::from_affine(points[i]), G2::from_affine(g2_generator()) * scalars[i]);
    want = want + G2::from_affine(points[i]) * scalars[i];
    standard.push_back(scalars[i].to_standard());
  }
  EXPECT_EQ(msm(points, standard, field::portable_kernels()).value(), want);
}

}  // namespace
}  // namespace zkp::prover::curve
