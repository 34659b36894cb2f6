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

// The numbers 1 .. count.
std::vector<Fr> counted(std::size_t count) {
  std::vector<Fr> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = Fr::from_u64(i + 1);
  return values;
}

std::vector<std::string> decimals(std::span<const Fr> values) {
  std::vector<std::string> texts;
  for (const Fr& value : values) texts.push_back(value.to_decimal());
  return texts;
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

// Sizes that are cut into rows: once, and twice.
class EveryLargeSize : public EverySmallSize {};
INSTANTIATE_TEST_SUITE_P(Domain, EveryLargeSize, testing::Values(11, 12, 13, 16, 17));

TEST_P(EveryLargeSize, ForwardEvaluatesAtThePowersOfTheRoot) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, size_ / 3, size_ - 1}) {
    EXPECT_EQ(values[i], evaluate(coefficients_, domain_.root().power(i))) << i;
  }
  ASSERT_TRUE(domain_.inverse(values));
  EXPECT_EQ(values, coefficients_);
}

TEST_P(EveryLargeSize, OddCosetIsTheSamePolynomialBetweenTheRoots) {
  const Fr shift = Domain(GetParam() + 1, field::portable_kernels()).root();
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  ASSERT_TRUE(domain_.to_odd_coset(values));
  std::vector<Fr> expected = coefficients_;
  Fr power = Fr::one();
  for (Fr& coefficient : expected) {
    coefficient *= power;
    power *= shift;
  }
  ASSERT_TRUE(domain_.forward(expected));
  EXPECT_EQ(values, expected);
}

TEST_P(EveryLargeSize, LagrangePolynomialsInterpolate) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain_.forward(values));
  const Fr tau = Fr::from_u64(123456789);
  const std::vector<Fr> lagrange = domain_.lagrange_at(tau);
  Fr sum = Fr::zero();
  for (std::size_t i = 0; i < size_; ++i) sum += values[i] * lagrange[i];
  EXPECT_EQ(sum, evaluate(coefficients_, tau));
}

TEST_P(EveryLargeSize, ThreadsAndKernelsDoNotChangeTheResult) {
  std::vector<Fr> expected = coefficients_;
  tbb::task_arena(1).execute([&] { ASSERT_TRUE(domain_.to_odd_coset(expected)); });
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    const Domain domain(GetParam(), *choice.kernels);
    for (const int threads : {1, 2}) {
      std::vector<Fr> values = coefficients_;
      tbb::task_arena(threads).execute([&] { ASSERT_TRUE(domain.to_odd_coset(values)); });
      EXPECT_EQ(values, expected) << choice.kernels->name << ", threads: " << threads;
    }
  }
}

TEST(Domain, RootsAreThoseOfFfjavascript) {
  // ffjavascript 0.3.1: Fr.w[log].
  const std::vector<std::pair<std::size_t, std::string>> roots = {
      {1, "21888242871839275222246405745257275088548364400416034343698204186575808495616"},
      {2, "21888242871839275217838484774961031246007050428528088939761107053157389710902"},
      {3, "19540430494807482326159819597004422086093766032135589407132600596362845576832"},
      {16, "421743594562400382753388642386256516545992082196004333756405989743524594615"},
      {20, "17220337697351015657950521176323262483320249231368149235373741788599650842711"},
  };
  for (const auto& [log, root] : roots) {
    EXPECT_EQ(Domain(log, field::portable_kernels()).root().to_decimal(), root) << log;
  }
}

TEST(Domain, TransformsAreThoseOfFfjavascript) {
  // ffjavascript 0.3.1: Fr.fft and Fr.ifft of [1, 2, 3, 4] and [1, .., 8].
  const Domain four(2, field::portable_kernels());
  std::vector<Fr> values = counted(4);
  ASSERT_TRUE(four.forward(values));
  EXPECT_EQ(decimals(values),
            (std::vector<std::string>{
                "10", "8815841940592487685082627943775890807874194266836837569428",
                "21888242871839275222246405745257275088548364400416034343698204186575808495615",
                "21888242871839275213430563804664787403465736456640143535824009919738970926185"}));
  const Domain eight(3, field::portable_kernels());
  values = counted(8);
  ASSERT_TRUE(eight.inverse(values));
  EXPECT_EQ(decimals(values),
            (std::vector<std::string>{
                "10944121435919637611123202872628637544274182200208017171849102093287904247813",
                "16407567355707715082381689537916387329395994555403796510305004205827931381005",
                "21888242871839275220042445260109153167277707414472061641729655619866599103259",
                "16407567355707715086789610508212631171937308527291741914242101339246350165720",
                "10944121435919637611123202872628637544274182200208017171849102093287904247808",
                "5480675516131560135456795237044643916611055873124292429456102847329458329896",
                "2203960485148121921270656985943972701968548566709209392357",
                "5480675516131560139864716207340887759152369845012237833393199980747877114611"}));
}

TEST(Domain, StopsWhenAskedTo) {
  const Domain domain(13, field::portable_kernels());
  std::vector<Fr> values = counted(domain.size());
  std::stop_source source;
  source.request_stop();
  for (const base::Status& status :
       {domain.forward(values, source.get_token()), domain.inverse(values, source.get_token()),
        domain.to_odd_coset(values, source.get_token())}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::cancelled);
  }
  EXPECT_EQ(values, counted(domain.size()));
  std::stop_source other;
  EXPECT_TRUE(domain.forward(values, other.get_token()));
}

}  // namespace
}  // namespace zkp::prover::poly
