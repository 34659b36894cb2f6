#include "prover/iden3/points.h"

#include <gtest/gtest.h>

#include "prover/curve/testing_points.h"

namespace zkp::prover::iden3 {
namespace {

Container container() {
  static const base::Bytes kEmpty = {'p', 't', 'a', 'u', 1, 0, 0, 0, 0, 0, 0, 0};
  return Container::parse(kEmpty, kPtauFile).value();
}

std::string error_of(const std::vector<G2Affine>& points, PointChecks checks) {
  const auto read =
      read_points<G2Affine>(container(), bytes_of(std::span(points)), checks, "points");
  return read ? "none" : read.error().message;
}

// Whether they are checked one by one or all together.
TEST(ReadPoints, NamesTheFirstOneOutsideTheSubgroup) {
  base::SeededRandom random(1);
  for (const std::size_t count : {10U, 1000U}) {
    std::vector<G2Affine> points(count, curve::g2_generator());
    EXPECT_EQ(error_of(points, PointChecks::subgroup), "none");
    points[4] = points[7] = curve::curve_point(random);
    EXPECT_EQ(error_of(points, PointChecks::curve), "none");
    EXPECT_EQ(error_of(points, PointChecks::subgroup), "ptau: points[4] is not in its subgroup");
  }
}

}  // namespace
}  // namespace zkp::prover::iden3
