#include "prover/poly/domain.h"

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

namespace zkp::prover::poly {
namespace {

using base::ErrorCode;
using base::SeededRandom;

std::vector<Fr> random_values(std::size_t count, std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<Fr> values(count);
  for (Fr& value : values) value = Fr::random(random);
  return values;
}

Fr evaluate(std::span<const Fr> coefficients, const Fr& x) {
  Fr value = Fr::zero();
  for (std::size_t i = coefficients.size(); i-- > 0;) value = value * x + coefficients[i];
  return value;
}

class EverySmallSize : public testing::TestWithParam<std::size_t> {
 protected:
  std::size_t size_ = std::size_t{1} << GetParam();
  Domain domain_{GetParam(), field::portable_kernels()};
  std::vector<Fr> coefficients_ = random_values(size_, 7 + GetParam());
};
INSTANTIATE_TEST_SUITE_P(Domain, EverySmallSize, testing::Range(std::size_t{0}, std::size_t{8}));

TEST_P(EverySmallSize, RootIsPrimitive) {
  EXPECT_EQ(domain_.size(), size_);
  EXPECT_TRUE(domain_.root().power(size_).is_one());
  if (size_ > 1) EXPECT_EQ(domain_.root().power(size_ / 2), -Fr::one());
}

TEST_P(EverySmallSize, ForwardEvaluatesAtThePowersOfTheRoot) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  for (std::size_t i = 0; i < size_; ++i) {
    EXPECT_EQ(values[i], evaluate(coefficients_, domain_.root().power(i))) << i;
  }
}

TEST_P(EverySmallSize, InverseUndoesForward) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  ASSERT_TRUE(domain_.inverse(values));
  EXPECT_EQ(values, coefficients_);
}

TEST_P(EverySmallSize, OddCosetIsTheSamePolynomialBetweenTheRoots) {
  const Fr shift = Domain(GetParam() + 1, field::portable_kernels()).root();
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  ASSERT_TRUE(domain_.to_odd_coset(values));
  for (std::size_t i = 0; i < size_; ++i) {
    EXPECT_EQ(values[i], evaluate(coefficients_, shift * domain_.root().power(i))) << i;
  }
}

TEST_P(EverySmallSize, LagrangePolynomialsInterpolate) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  const Fr tau = Fr::from_u64(123456789);
  const std::vector<Fr> lagrange = domain_.lagrange_at(tau);
  Fr sum = Fr::zero();
  for (std::size_t i = 0; i < size_; ++i) sum += values[i] * lagrange[i];
  EXPECT_EQ(sum, evaluate(coefficients_, tau));
}

TEST_P(EverySmallSize, LagrangeAtAPointOfTheDomainIsAUnitVector) {
  for (std::size_t i = 0; i < size_; ++i) {
    std::vector<Fr> expected(size_);
    expected[i] = Fr::one();
    EXPECT_EQ(domain_.lagrange_at(domain_.root().power(i)), expected) << i;
  }
}

}  // namespace
}  // namespace zkp::prover::poly
