#include "prover/curve/msm.h"

#include <rapidcheck.h>
#include <thread>

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

namespace zkp::prover::curve {
namespace {

using field::Limbs;

// Everything here is checked in both groups and with every implementation of the kernels.
template <class Params>
struct Case {
  std::vector<AffinePoint<Params>> points;
  std::vector<Limbs> scalars;

  void add(const AffinePoint<Params>& point, const Limbs& scalar) {
    points.push_back(point);
    scalars.push_back(scalar);
  }
};

template <class Params>
AffinePoint<Params> generator() {
  if constexpr (std::is_same_v<Params, G1Params>) {
    return g1_generator();
  } else {
    return g2_generator();
  }
}

// 0, G, 2 G, ..., 15 G and their negatives: few enough for sums to meet again and again.
template <class Params>
const std::vector<AffinePoint<Params>>& small_multiples() {
  static const auto kMultiples = [] {
    std::vector<JacobianPoint<Params>> multiples = {JacobianPoint<Params>::infinity()};
    for (int i = 0; i < 15; ++i) {
      multiples.push_back(multiples.back() + generator<Params>());
    }
    for (int i = 1; i < 16; ++i) multiples.push_back(-multiples[std::size_t(i)]);
    return to_affine_batch<Params>(multiples);
  }();
  return kMultiples;
}

template <class Params>
std::vector<AffinePoint<Params>> random_points(std::size_t count, std::uint64_t seed) {
  base::SeededRandom random(seed);
  std::vector<Fr> scalars(count);
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  return multiply_fixed_base(generator<Params>(), scalars, field::portable_kernels()).value();
}

Limbs minus_small(std::uint64_t value) { return (Fr::zero() - Fr::from_u64(value)).to_standard(); }

// Scalars that are special to the method: edges of digits, of windows and of the sign.
Limbs edge_scalar(std::uint64_t choice, base::Random& random) {
  switch (choice % 10) {
    case 0:
      return {};
    case 1:
      return {1, 0, 0, 0};
    case 2:
      return {2, 0, 0, 0};
    case 3:
      return minus_small(1);
    case 4:
      return minus_small(2);
    case 5:
      return Fr::from_u64(2).inverse().to_standard();  // (r + 1) / 2
    case 6:
      return (-Fr::from_u64(2).inverse()).to_standard();  // (r - 1) / 2
    case 7:
      return Fr::from_u64(2).power(random.next_u64() % 253).to_standard();
    case 8:
      return {random.next_u64() % 256, 0, 0, 0};
    default:
      return Fr::random(random).to_standard();
  }
}

template <class Params>
JacobianPoint<Params> naive(const Case<Params>& sum) {
  auto total = JacobianPoint<Params>::infinity();
  for (std::size_t i = 0; i < sum.points.size(); ++i) {
    total = total + JacobianPoint<Params>::from_affine(sum.points[i]).times(sum.scalars[i]);
  }
  return total;
}

template <class Params>
bool every_backend_gives(const Case<Params>& sum, const JacobianPoint<Params>& want) {
  bool equal = true;
  for (const auto& [kernels, runs] : field::all_kernels()) {
    if (runs) equal = equal && msm(sum.points, sum.scalars, *kernels).value() == want;
  }
  return equal;
}

template <class Params>
class MsmTest : public testing::Test {};
using BothGroups = testing::Types<G1Params, G2Params>;
TYPED_TEST_SUITE(MsmTest, BothGroups);

// A sum of small multiples of the generator, and its own multiple.
template <class Params>
std::pair<Case<Params>, JacobianPoint<Params>> adversarial_sum(std::size_t count,
                                                               base::Random& random) {
  const auto& points = small_multiples<Params>();
  Case<Params> sum;
  Fr logarithm = Fr::zero();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t multiple = random.next_u64() % points.size();
    const Limbs scalar = edge_scalar(random.next_u64(), random);
    sum.add(points[multiple], scalar);
    const Fr factor = multiple < 16 ? Fr::from_u64(multiple) : -Fr::from_u64(multiple - 15);
    logarithm += factor * Fr::from_standard(scalar);
  }
  return {sum, JacobianPoint<Params>::from_affine(generator<Params>()) * logarithm};
}

TYPED_TEST(MsmTest, AgreesWithNaiveOnFewAdversarialTerms) {
  base::SeededRandom random(23);
  for (std::size_t count = 0; count <= 40; ++count) {
    const auto [sum, want] = adversarial_sum<TypeParam>(count, random);
    EXPECT_EQ(naive(sum), want);
    EXPECT_TRUE(every_backend_gives(sum, want)) << count << " terms";
  }
}

TYPED_TEST(MsmTest, IsExactOnManyAdversarialTerms) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const auto count = *rc::gen::inRange<std::size_t>(41, 600);
    const auto [sum, want] = adversarial_sum<TypeParam>(count, random);
    RC_ASSERT(every_backend_gives(sum, want));
  }));
}

TYPED_TEST(MsmTest, AgreesWithNaiveOnRandomInputsOfEveryClassOfSize) {
  base::SeededRandom random(7);
  for (const std::size_t bits : {1U, 2U, 8U, 33U, 64U, 65U, 128U, 200U, 253U}) {
    Case<TypeParam> sum;
    for (const auto& point : random_points<TypeParam>(100, bits)) {
      Limbs scalar = Fr::random(random).to_standard();
      for (std::size_t i = bits; i < 256; ++i) {
        scalar[i / 64] &= ~(std::uint64_t{1} << (i % 64));
      }
      sum.add(point, scalar);
    }
    EXPECT_TRUE(every_backend_gives(sum, naive(sum))) << bits << " bits";
  }
}

// The sum is known without adding: all scalars of one point, or all points multiples of one.
TYPED_TEST(MsmTest, OfManyPointsIsExact) {
  using Point = JacobianPoint<TypeParam>;
  base::SeededRandom random(11);
  std::vector<Fr> logarithms(5000);
  for (Fr& logarithm : logarithms) logarithm = Fr::random(random);
  Case<TypeParam> sum;
  sum.points =
      multiply_fixed_base(generator<TypeParam>(), logarithms, field::portable_kernels()).value();
  Fr want = Fr::zero();
  for (const Fr& logarithm : logarithms) {
    const Fr scalar = Fr::random(random);
    sum.scalars.push_back(scalar.to_standard());
    want += scalar * logarithm;
  }
  EXPECT_TRUE(every_backend_gives(sum, Point::from_affine(generator<TypeParam>()) * want));
}

TYPED_TEST(MsmTest, OfOneLongBucketIsExact) {
  using Point = JacobianPoint<TypeParam>;
  const Point unit = Point::from_affine(generator<TypeParam>());
  for (const Limbs& scalar : {Limbs{1, 0, 0, 0}, Limbs{77, 0, 0, 0}, minus_small(1)}) {
    Case<TypeParam> same;
    Case<TypeParam> opposite;
    for (std::size_t i = 0; i < 20000; ++i) {
      same.add(generator<TypeParam>(), scalar);
      opposite.add(i % 2 == 0 ? generator<TypeParam>() : -generator<TypeParam>(), scalar);
    }
    EXPECT_TRUE(every_backend_gives(same, unit.times(scalar).times({20000, 0, 0, 0})));
    EXPECT_TRUE(every_backend_gives(opposite, Point::infinity()));
  }
}

TYPED_TEST(MsmTest, OfNothingIsInfinity) {
  const Case<TypeParam> empty;
  EXPECT_TRUE(every_backend_gives(empty, JacobianPoint<TypeParam>::infinity()));
  Case<TypeParam> zeros;
  for (const auto& point : random_points<TypeParam>(200, 1)) zeros.add(point, {});
  EXPECT_TRUE(every_backend_gives(zeros, JacobianPoint<TypeParam>::infinity()));
  Case<TypeParam> infinities;
  for (std::size_t i = 0; i < 200; ++i) {
    infinities.add(AffinePoint<TypeParam>::infinity(), minus_small(i));
  }
  EXPECT_TRUE(every_backend_gives(infinities, JacobianPoint<TypeParam>::infinity()));
}

TYPED_TEST(MsmTest, IsTheSameOnOneThreadAndOnTwo) {
  base::SeededRandom random(13);
  Case<TypeParam> sum;
  for (const auto& point : random_points<TypeParam>(3000, 3)) {
    sum.add(point, edge_scalar(random.next_u64(), random));
  }
  const auto on_threads = [&](int threads) {
    tbb::task_arena arena(threads);
    return arena.execute(
        [&] { return msm(sum.points, sum.scalars, field::portable_kernels()).value(); });
  };
  EXPECT_EQ(on_threads(1), on_threads(2));
}

TYPED_TEST(MsmTest, EndsSoonWhenStopped) {
  Case<TypeParam> sum;
  sum.points = random_points<TypeParam>(std::size_t{1} << 14, 5);
  base::SeededRandom random(17);
  for (std::size_t i = 0; i < sum.points.size(); ++i) {
    sum.scalars.push_back(Fr::random(random).to_standard());
  }
  std::stop_source stop;
  std::thread stopper([&] { stop.request_stop(); });
  for (int i = 0; i < 1000; ++i) {  // far longer than any thread takes to start
    const auto result =
        msm(sum.points, sum.scalars, field::portable_kernels(), {.stop = stop.get_token()});
    if (result.ok()) continue;
    EXPECT_EQ(result.error().code, base::ErrorCode::cancelled);
    break;
  }
  stopper.join();
  EXPECT_FALSE(
      msm(sum.points, sum.scalars, field::portable_kernels(), {.stop = stop.get_token()}).ok());
  const std::vector<Fr> scalars(10, Fr::one());
  EXPECT_FALSE(multiply_fixed_base(generator<TypeParam>(), scalars, field::portable_kernels(),
                                   stop.get_token())
                   .ok());
}

TYPED_TEST(MsmTest, FixedBaseAgreesWithNaive) {
  using Point = JacobianPoint<TypeParam>;
  for (std::size_t count = 0; count < 20; ++count) {
    base::SeededRandom random(count);
    const Point base = Point::from_affine(generator<TypeParam>()) * Fr::random(random);
    std::vector<Fr> scalars(count);
    for (Fr& scalar : scalars) {
      scalar = Fr::from_standard(edge_scalar(random.next_u64(), random));
    }
    for (const auto& [kernels, runs] : field::all_kernels()) {
      if (!runs) continue;
      const auto multiples = multiply_fixed_base(base.to_affine(), scalars, *kernels).value();
      ASSERT_EQ(multiples.size(), scalars.size());
      for (std::size_t i = 0; i < scalars.size(); ++i) {
        EXPECT_EQ(Point::from_affine(multiples[i]), base * scalars[i]);
      }
    }
  }
}

TYPED_TEST(MsmTest, FixedBaseOfManyScalarsAndOfInfinity) {
  using Point = JacobianPoint<TypeParam>;
  base::SeededRandom random(19);
  std::vector<Fr> scalars(3000);
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  for (const auto& [kernels, runs] : field::all_kernels()) {
    if (!runs) continue;
    const auto multiples = multiply_fixed_base(generator<TypeParam>(), scalars, *kernels).value();
    for (std::size_t i = 0; i < scalars.size(); i += 97) {
      EXPECT_EQ(Point::from_affine(multiples[i]),
                Point::from_affine(generator<TypeParam>()) * scalars[i]);
    }
    const auto infinities =
        multiply_fixed_base(AffinePoint<TypeParam>::infinity(), scalars, *kernels).value();
    EXPECT_EQ(infinities, std::vector<AffinePoint<TypeParam>>(scalars.size()));
  }
}

// The points (i + 1)^3 G and the scalars s_i = 3 s_(i-1)^2 + 7 with s_0 = 10, i = 0 to 299.
template <class Params>
AffinePoint<Params> sum_for_known_answer() {
  using Point = JacobianPoint<Params>;
  Case<Params> sum;
  Fr scalar = Fr::one();
  for (std::uint64_t i = 1; i <= 300; ++i) {
    scalar = Fr::from_u64(3) * scalar.squared() + Fr::from_u64(7);
    const Point point = Point::from_affine(generator<Params>()).times({i * i * i, 0, 0, 0});
    sum.add(point.to_affine(), scalar.to_standard());
  }
  return msm(sum.points, sum.scalars, field::portable_kernels()).value().to_affine();
}

// ffjavascript 0.3.1: G1.multiExpAffine(points, scalars).
TEST(Msm, InG1IsThatOfFfjavascript) {
  const G1Affine sum = sum_for_known_answer<G1Params>();
  EXPECT_EQ(sum.x.to_decimal(),
            "19289880585139708613478975660722884227642343995124599542800656078264892419077");
  EXPECT_EQ(sum.y.to_decimal(),
            "13793737265940636356127036213309575874730588426888999381073397659027373045859");
}

// ffjavascript 0.3.1: G2.multiExpAffine(points, scalars).
TEST(Msm, InG2IsThatOfFfjavascript) {
  const G2Affine sum = sum_for_known_answer<G2Params>();
  EXPECT_EQ(sum.x.c0.to_decimal(),
            "18461063406876912429193186808367892379677880356850177001013308051378153478897");
  EXPECT_EQ(sum.x.c1.to_decimal(),
            "1135606731331696628883800250842225282138964742324178273337876609091553835583");
  EXPECT_EQ(sum.y.c0.to_decimal(),
            "18494343297861991616852333074595653269017157358439064784977026400601926415404");
  EXPECT_EQ(sum.y.c1.to_decimal(),
            "18066824336824550484890924572874506751995518801435802736466230622755878982347");
}

}  // namespace
}  // namespace zkp::prover::curve
