#include "prover/groth16/linear_combination.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "base/random.h"

namespace zkp::prover::groth16 {
namespace {

using field::Fr;
using field::Limbs;

template <class Params>
void expect_naive_sum(const curve::AffinePoint<Params>& generator, std::uint64_t seed) {
  using Point = curve::JacobianPoint<Params>;
  base::SeededRandom random(seed);
  const Fr minus_one = -Fr::one();
  const std::vector<Limbs> edges = {{0, 0, 0, 0},           {1, 0, 0, 0},
                                    {15, 0, 0, 0},          {16, 0, 0, 0},
                                    {~0ULL, 0, 0, 0},       {~0ULL, ~0ULL, ~0ULL, 0},
                                    minus_one.to_standard()};
  std::vector<curve::AffinePoint<Params>> points;
  std::vector<Limbs> scalars;
  Point want = Point::infinity();
  for (std::uint64_t count = random.next_u64() % 12; count > 0; --count) {
    const std::uint64_t kind = random.next_u64();
    scalars.push_back(kind % 2 == 0 ? edges[kind / 2 % edges.size()]
                                    : Fr::random(random).to_standard());
    auto point = (Point::from_affine(generator) * Fr::random(random)).to_affine();
    if (kind % 5 == 0) point = {};
    if (kind % 5 == 1 && !points.empty()) point = points.back();
    if (kind % 5 == 2 && !points.empty()) point = -points.back();
    points.push_back(point);
    want = want + Point::from_affine(point).times(scalars.back());
  }
  EXPECT_EQ(linear_combination<Params>(points, scalars), want);
}

TEST(LinearCombination, EqualsTheNaiveSum) {
  rc::check([](std::uint64_t seed) {
    expect_naive_sum(curve::g1_generator(), seed);
    expect_naive_sum(curve::g2_generator(), seed);
  });
}

}  // namespace
}  // namespace zkp::prover::groth16
