#include "prover/poly/domain.h"

#include <algorithm>
#include <optional>
#include <ranges>

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

// A domain's size and the kernels that transform.
using SizeAndKernels = std::tuple<std::size_t, field::KernelsChoice>;

std::string title(const testing::TestParamInfo<SizeAndKernels>& info) {
  const auto& [log, choice] = info.param;
  return std::to_string(log) + '_' + choice.kernels->name;
}

class EverySize : public testing::TestWithParam<SizeAndKernels> {
 protected:
  void SetUp() override {
    const field::KernelsChoice& choice = std::get<1>(GetParam());
    if (!choice.runs) GTEST_SKIP() << "this CPU lacks what " << choice.kernels->name << " needs";
    domain_.emplace(log_, *choice.kernels);
  }
  [[nodiscard]] const Domain& domain() const { return *domain_; }
  [[nodiscard]] Fr shift() const { return Domain(log_ + 1, field::portable_kernels()).root(); }

  std::size_t log_ = std::get<0>(GetParam());
  std::size_t size_ = std::size_t{1} << log_;
  std::vector<Fr> coefficients_ = random_values(size_, 7 + log_);

 private:
  std::optional<Domain> domain_;
};

class EverySmallSize : public EverySize {};
INSTANTIATE_TEST_SUITE_P(Domain, EverySmallSize,
                         testing::Combine(testing::Range(std::size_t{0}, std::size_t{8}),
                                          testing::ValuesIn(field::all_kernels())),
                         title);

TEST_P(EverySmallSize, RootIsPrimitive) {
  EXPECT_EQ(domain().size(), size_);
  EXPECT_TRUE(domain().root().power(size_).is_one());
  if (size_ > 1) EXPECT_EQ(domain().root().power(size_ / 2), -Fr::one());
}

TEST_P(EverySmallSize, ForwardEvaluatesAtThePowersOfTheRoot) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  for (std::size_t i = 0; i < size_; ++i) {
    EXPECT_EQ(values[i], evaluate(coefficients_, domain().root().power(i))) << i;
  }
}

TEST_P(EverySmallSize, InverseUndoesForward) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  ASSERT_TRUE(domain().inverse(values));
  EXPECT_EQ(values, coefficients_);
}

TEST_P(EverySmallSize, OddCosetIsTheSamePolynomialBetweenTheRoots) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  ASSERT_TRUE(domain().to_odd_coset(values));
  for (std::size_t i = 0; i < size_; ++i) {
    EXPECT_EQ(values[i], evaluate(coefficients_, shift() * domain().root().power(i))) << i;
  }
}

TEST_P(EverySmallSize, LagrangePolynomialsInterpolate) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  const Fr tau = Fr::from_u64(123456789);
  const std::vector<Fr> lagrange = domain().lagrange_at(tau);
  Fr sum = Fr::zero();
  for (std::size_t i = 0; i < size_; ++i) sum += values[i] * lagrange[i];
  EXPECT_EQ(sum, evaluate(coefficients_, tau));
}

TEST_P(EverySmallSize, LagrangeAtAPointOfTheDomainIsAUnitVector) {
  for (std::size_t i = 0; i < size_; ++i) {
    std::vector<Fr> expected(size_);
    expected[i] = Fr::one();
    EXPECT_EQ(domain().lagrange_at(domain().root().power(i)), expected) << i;
  }
}

// Sizes that are cut into rows: once, and twice.
class EveryLargeSize : public EverySize {};
INSTANTIATE_TEST_SUITE_P(Domain, EveryLargeSize,
                         testing::Combine(testing::Values(8, 9, 10, 11, 12, 13, 16, 17),
                                          testing::ValuesIn(field::all_kernels())),
                         title);

TEST_P(EveryLargeSize, ForwardEvaluatesAtThePowersOfTheRoot) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, size_ / 3, size_ - 1}) {
    EXPECT_EQ(values[i], evaluate(coefficients_, domain().root().power(i))) << i;
  }
  ASSERT_TRUE(domain().inverse(values));
  EXPECT_EQ(values, coefficients_);
}

TEST_P(EveryLargeSize, OddCosetIsTheSamePolynomialBetweenTheRoots) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  ASSERT_TRUE(domain().to_odd_coset(values));
  std::vector<Fr> expected = coefficients_;
  const Fr s = shift();
  Fr power = Fr::one();
  for (Fr& coefficient : expected) {
    coefficient *= power;
    power *= s;
  }
  ASSERT_TRUE(domain().forward(expected));
  EXPECT_EQ(values, expected);
}

TEST_P(EveryLargeSize, LagrangePolynomialsInterpolate) {
  std::vector<Fr> values = coefficients_;
  ASSERT_TRUE(domain().forward(values));
  const Fr tau = Fr::from_u64(123456789);
  const std::vector<Fr> lagrange = domain().lagrange_at(tau);
  Fr sum = Fr::zero();
  for (std::size_t i = 0; i < size_; ++i) sum += values[i] * lagrange[i];
  EXPECT_EQ(sum, evaluate(coefficients_, tau));
}

TEST_P(EveryLargeSize, ThreadsDoNotChangeTheResult) {
  std::vector<Fr> expected = coefficients_;
  tbb::task_arena(1).execute([&] { ASSERT_TRUE(domain().to_odd_coset(expected)); });
  std::vector<Fr> values = coefficients_;
  tbb::task_arena(2).execute([&] { ASSERT_TRUE(domain().to_odd_coset(values)); });
  EXPECT_EQ(values, expected);
}

// Values that run into every carry: as they are stored, 0 and p - 1 in several patterns.
std::vector<std::vector<Fr>> extreme_values(std::size_t size) {
  const Fr top{(-Fr{{1, 0, 0, 0}}).limb};
  const Fr low{{~0ULL, ~0ULL, ~0ULL, 0}};
  std::vector<std::vector<Fr>> patterns;
  patterns.emplace_back(size);
  patterns.emplace_back(size, top);
  patterns.emplace_back(size, low);
  for (const std::size_t period : {std::size_t{2}, std::size_t{16}, size}) {
    std::vector<Fr> values(size, top);
    for (std::size_t i = 0; i < size; ++i) {
      if (i % period < period / 2) values[i] = Fr::zero();
    }
    patterns.push_back(std::move(values));
  }
  SeededRandom random(size);
  std::vector<Fr> mixed(size);
  for (Fr& value : mixed) value = random.next_u64() % 2 == 0 ? top : low;
  patterns.push_back(std::move(mixed));
  return patterns;
}

class EveryKernels : public EverySize {};
INSTANTIATE_TEST_SUITE_P(Domain, EveryKernels,
                         testing::Combine(testing::Range(std::size_t{0}, std::size_t{14}),
                                          testing::ValuesIn(field::all_kernels())),
                         title);

TEST_P(EveryKernels, TransformExtremeValuesLikePortable) {
  const Domain portable(log_, field::portable_kernels());
  using Operation = base::Status (Domain::*)(std::span<Fr>, std::stop_token) const;
  for (const Operation operation : {&Domain::forward, &Domain::inverse, &Domain::to_odd_coset}) {
    for (const std::vector<Fr>& values : extreme_values(size_)) {
      std::vector<Fr> expected = values;
      ASSERT_TRUE((portable.*operation)(expected, {}));
      std::vector<Fr> result = values;
      ASSERT_TRUE((domain().*operation)(result, {}));
      EXPECT_EQ(result, expected);
    }
  }
}

TEST_P(EverySmallSize, MultiplySubtractInStandardForm) {
  std::vector<std::vector<Fr>> inputs = extreme_values(size_);
  inputs.push_back(coefficients_);
  for (const std::vector<Fr>& a : inputs) {
    for (const std::vector<Fr>& b : inputs) {
      for (const std::vector<Fr>& c : inputs) {
        std::vector<Fr> overwritten = a;
        std::vector<field::Limbs> result(size_);
        domain().multiply_subtract(overwritten, b, c, result);
        for (std::size_t i = 0; i < size_; ++i) {
          ASSERT_EQ(result[i], (a[i] * b[i] - c[i]).to_standard()) << i;
        }
      }
    }
  }
}

// Rows and columns of more steps than the sizes above have.
TEST(Domain, TransformsSumsOfMonomialsOfAnyDegree) {
  const field::KernelsChoice fastest = *std::ranges::find_if(
      field::all_kernels() | std::views::reverse, [](const auto& choice) { return choice.runs; });
  for (const std::size_t log : {std::size_t{19}, std::size_t{21}}) {
    const Domain domain(log, *fastest.kernels);
    const Fr shift = Domain(log + 1, *fastest.kernels).root();
    const std::vector<std::size_t> degrees = {1, domain.size() / 3, domain.size() - 1};
    std::vector<Fr> values(domain.size());
    for (const std::size_t degree : degrees) values[degree] = Fr::from_u64(degree);
    ASSERT_TRUE(domain.forward(values));
    const auto expect_values_at = [&](Fr x) {
      for (std::size_t i = 0; i < domain.size(); i += 1001, x *= domain.root().power(1001)) {
        Fr sum;
        for (const std::size_t degree : degrees) sum += Fr::from_u64(degree) * x.power(degree);
        ASSERT_EQ(values[i], sum) << log << ' ' << i;
      }
    };
    expect_values_at(Fr::one());
    ASSERT_TRUE(domain.to_odd_coset(values));
    expect_values_at(shift);
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

TEST_P(EveryLargeSize, StopsWhenAskedTo) {
  std::vector<Fr> values = counted(size_);
  std::stop_source source;
  source.request_stop();
  for (const base::Status& status :
       {domain().forward(values, source.get_token()), domain().inverse(values, source.get_token()),
        domain().to_odd_coset(values, source.get_token())}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::cancelled);
  }
  std::stop_source other;
  EXPECT_TRUE(domain().forward(values, other.get_token()));
}

}  // namespace
}  // namespace zkp::prover::poly
