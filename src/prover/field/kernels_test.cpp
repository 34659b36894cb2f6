#include "prover/field/kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zkp::prover::field {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr std::size_t kMostCount = 41;  // past the 32 elements that are worked on at once

// Values whose sums, differences and products run into every carry, then random ones.
template <class Field>
std::vector<Field> values_for(std::size_t count, std::uint64_t seed) {
  std::vector<Field> edges = {Field::zero(), Field::one(), -Field::one(), Field{{1, 0, 0, 0}},
                              Field{Field::kRSquared}};
  const Limbs top = (-Field{{1, 0, 0, 0}}).limb;  // p - 1 as it is stored
  edges.push_back(Field{top});
  edges.push_back(Field{{~0ULL, 0, 0, 0}});
  edges.push_back(Field{{~0ULL, ~0ULL, 0, 0}});
  edges.push_back(Field{{~0ULL, ~0ULL, ~0ULL, 0}});
  edges.push_back(Field{{~0ULL, ~0ULL, ~0ULL, top[3] - 1}});
  edges.push_back(Field{{0, 0, 0, top[3]}});
  edges.push_back(Field{{0, 0, ~0ULL, 0}});
  base::SeededRandom random(seed);
  std::vector<Field> values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t draw = random.next_u64();
    values.push_back(draw % 2 == 0 ? edges[(draw >> 1) % edges.size()] : Field::random(random));
  }
  return values;
}

class EveryBackend : public testing::TestWithParam<KernelsChoice> {
 protected:
  void SetUp() override {
    if (!GetParam().runs) GTEST_SKIP() << "this CPU lacks what " << name() << " needs";
  }
  [[nodiscard]] std::string name() const { return GetParam().kernels->name; }
  template <class Field>
  [[nodiscard]] const FieldKernels<Field>& table() const {
    return kernels_for<Field>(*GetParam().kernels);
  }

  // Calls check(a, b, factor) for every count, at addresses of every alignment of a limb.
  template <class Field, class Check>
  void for_each_count(const Check& check) {
    for (std::size_t count = 0; count <= kMostCount; ++count) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        check(values_for<Field>(count, 1000 * count + seed),
              values_for<Field>(count, 1000 * count + seed + 500), values_for<Field>(1, seed)[0]);
      }
    }
  }

  template <class Field>
  void check_pairs();
  template <class Field>
  void check_butterflies();
  template <class Field>
  void check_unaligned();
};

INSTANTIATE_TEST_SUITE_P(Kernels, EveryBackend, testing::ValuesIn(all_kernels()),
                         [](const auto& choice) { return choice.param.kernels->name; });

template <class Field, class Operator>
std::vector<Field> pointwise(const std::vector<Field>& a, const std::vector<Field>& b,
                             const Operator& apply) {
  std::vector<Field> result;
  for (std::size_t i = 0; i < a.size(); ++i) result.push_back(apply(a[i], b[i]));
  return result;
}

// kernel(out, a, b, count) gives `expected`, also in place of either input.
template <class Field, class Kernel>
void expect_pairs(const Kernel& kernel, const std::vector<Field>& a, const std::vector<Field>& b,
                  const std::vector<Field>& expected) {
  std::vector<Field> out(a.size());
  kernel(out.data(), a.data(), b.data(), a.size());
  EXPECT_EQ(out, expected);
  out = a;
  kernel(out.data(), out.data(), b.data(), a.size());
  EXPECT_EQ(out, expected) << "out is a";
  out = b;
  kernel(out.data(), a.data(), out.data(), a.size());
  EXPECT_EQ(out, expected) << "out is b";
}

template <class Field>
void EveryBackend::check_pairs() {
  const FieldKernels<Field>& kernels = table<Field>();
  for_each_count<Field>([&](const auto& a, const auto& b, const Field& factor) {
    SCOPED_TRACE(testing::Message() << a.size() << " elements");
    expect_pairs<Field>(kernels.add, a, b, pointwise(a, b, std::plus<Field>{}));
    expect_pairs<Field>(kernels.subtract, a, b, pointwise(a, b, std::minus<Field>{}));
    const std::vector<Field> products = pointwise(a, b, std::multiplies<Field>{});
    expect_pairs<Field>(kernels.multiply, a, b, products);
    const std::vector<Field> squares = pointwise(a, a, std::multiplies<Field>{});
    std::vector<Field> out(a.size());
    kernels.square(out.data(), a.data(), a.size());
    EXPECT_EQ(out, squares);
    out = a;
    kernels.square(out.data(), out.data(), out.size());
    EXPECT_EQ(out, squares) << "in place";
    out = a;
    kernels.multiply(out.data(), out.data(), out.data(), out.size());
    EXPECT_EQ(out, squares) << "one array thrice";
    const std::vector<Field> scaled =
        pointwise(a, std::vector<Field>(a.size(), factor), std::multiplies<Field>{});
    out = a;
    kernels.scale(out.data(), out.data(), &factor, out.size());
    EXPECT_EQ(out, scaled);
    for (const std::size_t times : {0U, 1U, 3U}) {
      std::vector<Field> expected = a;
      for (std::size_t i = 0; i < times; ++i)
        expected = pointwise(expected, b, std::multiplies<Field>{});
      out = a;
      kernels.multiply_repeatedly(out.data(), out.data(), b.data(), times, out.size());
      EXPECT_EQ(out, expected) << times << " times";
    }
    if (a.empty()) return;
    out = a;
    kernels.scale(out.data(), a.data(), &out[0], out.size());
    EXPECT_EQ(out, pointwise(a, std::vector<Field>(a.size(), a[0]), std::multiplies<Field>{}))
        << "the factor lies in out";
  });
}

template <class Field>
void EveryBackend::check_butterflies() {
  const FieldKernels<Field>& kernels = table<Field>();
  for_each_count<Field>([&](const auto& low, const auto& high, const Field&) {
    const std::vector<Field> twiddles = values_for<Field>(low.size(), low.size());
    std::vector<Field> l = low;
    std::vector<Field> h = high;
    kernels.butterfly_frequency(l.data(), h.data(), twiddles.data(), l.size());
    for (std::size_t i = 0; i < l.size(); ++i) {
      EXPECT_EQ(l[i], low[i] + high[i]);
      EXPECT_EQ(h[i], (low[i] - high[i]) * twiddles[i]);
    }
    l = low;
    h = high;
    kernels.butterfly_time(l.data(), h.data(), twiddles.data(), l.size());
    for (std::size_t i = 0; i < l.size(); ++i) {
      EXPECT_EQ(l[i], low[i] + high[i] * twiddles[i]);
      EXPECT_EQ(h[i], low[i] - high[i] * twiddles[i]);
    }
  });
}

// Elements lie at any multiple of 8 bytes; what surrounds them is not touched.
template <class Field>
void EveryBackend::check_unaligned() {
  const std::vector<Field> a = values_for<Field>(kMostCount, 1);
  const std::vector<Field> b = values_for<Field>(kMostCount, 2);
  constexpr std::uint64_t kFence = 0xfedcba9876543210;
  for (std::size_t offset = 0; offset < 8; ++offset) {
    std::vector<std::uint64_t> memory(8 + 4 * kMostCount + 8, kFence);
    auto* const out = reinterpret_cast<Field*>(memory.data() + offset);
    for (std::size_t i = 0; i < kMostCount; ++i) out[i] = a[i];
    table<Field>().multiply(out, out, b.data(), kMostCount);
    table<Field>().add(out, out, b.data(), kMostCount);
    for (std::size_t i = 0; i < kMostCount; ++i) EXPECT_EQ(out[i], a[i] * b[i] + b[i]);
    for (std::size_t i = 0; i < memory.size(); ++i) {
      if (i < offset || i >= offset + 4 * kMostCount) EXPECT_EQ(memory[i], kFence) << i;
    }
  }
}

TEST_P(EveryBackend, AgreesWithTheOperatorsInFr) { check_pairs<Fr>(); }
TEST_P(EveryBackend, AgreesWithTheOperatorsInFq) { check_pairs<Fq>(); }
TEST_P(EveryBackend, ButterfliesAgreeInFr) { check_butterflies<Fr>(); }
TEST_P(EveryBackend, ButterfliesAgreeInFq) { check_butterflies<Fq>(); }
TEST_P(EveryBackend, NeedsNoAlignmentInFr) { check_unaligned<Fr>(); }
TEST_P(EveryBackend, NeedsNoAlignmentInFq) { check_unaligned<Fq>(); }

constexpr CpuFeatures kNothing = {};
constexpr CpuFeatures kEverything = {.bmi2 = true, .adx = true, .avx512ifma = true};

TEST(ChooseKernels, TakesTheFastestThatRuns) {
  EXPECT_EQ(*choose_kernels(kNothing, ""), &portable_kernels());
  EXPECT_EQ(*choose_kernels({.bmi2 = true}, ""), &portable_kernels());
  EXPECT_EQ(*choose_kernels({.adx = true}, ""), &portable_kernels());
  EXPECT_EQ(*choose_kernels(kEverything, ""), all_kernels().back().kernels);
}

TEST(ChooseKernels, TakesTheNamedOne) {
  for (const KernelsChoice& choice : all_kernels()) {
    EXPECT_EQ(*choose_kernels(kEverything, choice.kernels->name), choice.kernels);
  }
  EXPECT_EQ(*choose_kernels(kNothing, "portable"), &portable_kernels());
}

TEST(ChooseKernels, RefusesANameThatDoesNotExistAndSaysWhichDo) {
  for (const char* name : {"avx1024", "Portable", "portable ", "adx,portable"}) {
    const auto chosen = choose_kernels(kEverything, name);
    ASSERT_FALSE(chosen.ok()) << name;
    EXPECT_EQ(chosen.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(chosen.error().message, HasSubstr(name));
    for (const KernelsChoice& choice : all_kernels()) {
      EXPECT_THAT(chosen.error().message, HasSubstr(choice.kernels->name));
    }
  }
}

TEST(ChooseKernels, RefusesWhatTheCpuCannotRun) {
  for (const KernelsChoice& choice : all_kernels().subspan(1)) {
    const auto chosen = choose_kernels(kNothing, choice.kernels->name);
    ASSERT_FALSE(chosen.ok());
    EXPECT_EQ(chosen.error().code, ErrorCode::failed_precondition);
    EXPECT_THAT(chosen.error().message, HasSubstr(choice.kernels->name));
    EXPECT_THAT(chosen.error().message, HasSubstr("this one lacks it"));
  }
}

TEST(AllKernels, PortableIsFirstAndRuns) {
  ASSERT_FALSE(all_kernels().empty());
  EXPECT_EQ(all_kernels()[0].kernels, &portable_kernels());
  EXPECT_TRUE(all_kernels()[0].runs);
  EXPECT_STREQ(portable_kernels().name, "portable");
  for (const KernelsChoice& choice : all_kernels()) {
    EXPECT_EQ(choice.runs, choose_kernels(detect_cpu(), choice.kernels->name).ok());
  }
}

}  // namespace
}  // namespace zkp::prover::field
