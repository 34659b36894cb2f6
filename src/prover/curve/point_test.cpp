#include "prover/curve/point.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/curve/frobenius.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

template <class Params>
JacobianPoint<Params> generator() {
  if constexpr (std::is_same_v<Params, G1Params>) {
    return G1::from_affine(g1_generator());
  } else {
    return G2::from_affine(g2_generator());
  }
}

Fr random_scalar() {
  base::SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  return Fr::random(random);
}

// A multiple of the generator, small ones often, so that special cases of sums are met; with a z
// other than 1.
template <class Params>
JacobianPoint<Params> random_point() {
  const bool small = *rc::gen::arbitrary<bool>();
  const Fr scalar = small ? Fr::from_u64(*rc::gen::inRange<std::uint64_t>(0, 4)) : random_scalar();
  const bool negative = *rc::gen::arbitrary<bool>();
  return generator<Params>() * (negative ? -scalar : scalar);
}

template <class Params>
class PointTest : public testing::Test {};
using BothGroups = testing::Types<G1Params, G2Params>;
TYPED_TEST_SUITE(PointTest, BothGroups);

TYPED_TEST(PointTest, GeneratorIsInItsGroup) {
  EXPECT_TRUE(is_in_subgroup(generator<TypeParam>().to_affine()));
  EXPECT_TRUE(generator<TypeParam>().times(Fr::kModulus).is_infinity());
}

TYPED_TEST(PointTest, AdditionIsThatOfAnAbelianGroup) {
  using Point = JacobianPoint<TypeParam>;
  EXPECT_TRUE(rc::check([] {
    const auto a = random_point<TypeParam>();
    const auto b = random_point<TypeParam>();
    const auto c = random_point<TypeParam>();
    RC_ASSERT(a + b == b + a);
    RC_ASSERT((a + b) + c == a + (b + c));
    RC_ASSERT(a + Point::infinity() == a);
    RC_ASSERT(Point::infinity() + a == a);
    RC_ASSERT((a + -a).is_infinity());
    RC_ASSERT(a + a == a.doubled());
    RC_ASSERT((a + b).to_affine().is_on_curve());
  }));
}

TYPED_TEST(PointTest, MixedAdditionIsAddition) {
  EXPECT_TRUE(rc::check([] {
    const auto a = random_point<TypeParam>();
    const auto b = random_point<TypeParam>();
    RC_ASSERT(a + b.to_affine() == a + b);
    RC_ASSERT(a + a.to_affine() == a.doubled());
    RC_ASSERT((a + (-a).to_affine()).is_infinity());
  }));
}

TYPED_TEST(PointTest, MultiplicationIsLinear) {
  EXPECT_TRUE(rc::check([] {
    const auto p = random_point<TypeParam>();
    const Fr a = random_scalar();
    const Fr b = random_scalar();
    RC_ASSERT(p * a + p * b == p * (a + b));
    RC_ASSERT((p * a) * b == p * (a * b));
    RC_ASSERT(p * Fr::one() == p);
    RC_ASSERT((p * Fr::zero()).is_infinity());
  }));
}

TYPED_TEST(PointTest, ToAffineBatchIsToAffineOfEach) {
  EXPECT_TRUE(rc::check([] {
    std::vector<JacobianPoint<TypeParam>> points(*rc::gen::inRange<std::size_t>(0, 9));
    for (auto& point : points) point = random_point<TypeParam>();
    const auto affine = to_affine_batch<TypeParam>(points);
    RC_ASSERT(affine.size() == points.size());
    for (std::size_t i = 0; i < points.size(); ++i) RC_ASSERT(affine[i] == points[i].to_affine());
  }));
}

TYPED_TEST(PointTest, InfinityIsZeroZeroAndOnTheCurve) {
  using Point = JacobianPoint<TypeParam>;
  const auto infinity = Point::infinity().to_affine();
  EXPECT_TRUE(infinity.x.is_zero() && infinity.y.is_zero());
  EXPECT_TRUE(infinity.is_on_curve());
  EXPECT_TRUE(is_in_subgroup(infinity));
  EXPECT_TRUE(Point::from_affine(infinity).is_infinity());
}

TYPED_TEST(PointTest, OffTheCurveIsNoticed) {
  auto point = generator<TypeParam>().to_affine();
  point.y += decltype(point.y)::one();
  EXPECT_FALSE(point.is_on_curve());
  EXPECT_FALSE(is_in_subgroup(point));
}

// 2^200 + 7
const Fr kLongScalar = Fr::from_standard({7, 0, 0, 256});

// ffjavascript 0.3.1: G1.toObject(G1.toAffine(G1.timesScalar(G1.g, 3n))), and for 2n ** 200n + 7n.
TEST(Point, MultiplesInG1AreThoseOfFfjavascript) {
  const G1Affine three = (generator<G1Params>() * Fr::from_u64(3)).to_affine();
  EXPECT_EQ(three.x.to_decimal(),
            "3353031288059533942658390886683067124040920775575537747144343083137631628272");
  EXPECT_EQ(three.y.to_decimal(),
            "19321533766552368860946552437480515441416830039777911637913418824951667761761");
  const G1Affine multiple = (generator<G1Params>() * kLongScalar).to_affine();
  EXPECT_EQ(multiple.x.to_decimal(),
            "17042594549283935111143807941727065979874782426515881873978180382214954443942");
  EXPECT_EQ(multiple.y.to_decimal(),
            "6347696951164265218192582549934438897766218865956631911142711642974543267851");
}

// The same calls for G2.
TEST(Point, MultiplesInG2AreThoseOfFfjavascript) {
  const G2Affine three = (generator<G2Params>() * Fr::from_u64(3)).to_affine();
  EXPECT_EQ(three.x.c0.to_decimal(),
            "2725019753478801796453339367788033689375851816420509565303521482350756874229");
  EXPECT_EQ(three.x.c1.to_decimal(),
            "7273165102799931111715871471550377909735733521218303035754523677688038059653");
  EXPECT_EQ(three.y.c0.to_decimal(),
            "2512659008974376214222774206987427162027254181373325676825515531566330959255");
  EXPECT_EQ(three.y.c1.to_decimal(),
            "957874124722006818841961785324909313781880061366718538693995380805373202866");
  const G2Affine multiple = (generator<G2Params>() * kLongScalar).to_affine();
  EXPECT_EQ(multiple.x.c0.to_decimal(),
            "6788358519440517724107625963370533872096670319077427522928984904812310342336");
  EXPECT_EQ(multiple.x.c1.to_decimal(),
            "2326741862098875275311695326655989434429563958587348007922689004604828919608");
  EXPECT_EQ(multiple.y.c0.to_decimal(),
            "10276798048741598182232009392971346931881504423508212660931535073425669852488");
  EXPECT_EQ(multiple.y.c1.to_decimal(),
            "16013656236875507517999324174979579280764315329466387406391480354466214214347");
}

G2Affine random_curve_point() {
  base::SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  return curve_point(random);
}

// 2 q - r: the curve of G2 has (2 q - r) r points.
G2 times_cofactor(const G2& p) { return p.times(Fq::kModulus).doubled() + -p.times(Fr::kModulus); }

TEST(SubgroupOfG2, CheckIsThatByMultiplicationWithR) {
  EXPECT_TRUE(rc::check([] {
    const G2 inside = generator<G2Params>() * random_scalar();
    const G2 anywhere = G2::from_affine(random_curve_point());
    const G2 cleared = times_cofactor(anywhere);            // of order r
    const G2 cofactor_part = anywhere.times(Fr::kModulus);  // of an order that divides 2 q - r
    for (const G2& point : {inside, anywhere, cleared, cofactor_part, inside + cofactor_part}) {
      RC_ASSERT(point.to_affine().is_on_curve());
      RC_ASSERT(is_in_subgroup(point.to_affine()) == point.times(Fr::kModulus).is_infinity());
    }
    RC_ASSERT(!cleared.is_infinity() && is_in_subgroup(cleared.to_affine()));
    RC_ASSERT(!is_in_subgroup(anywhere.to_affine()));
    RC_ASSERT(!is_in_subgroup(cofactor_part.to_affine()));
  }));
}

TEST(Frobenius, MultipliesByQInG2) {
  const G2 p = generator<G2Params>() * Fr::from_u64(12345);
  EXPECT_EQ(frobenius(p), p.times(Fq::kModulus));
  EXPECT_EQ(G2::from_affine(frobenius(p.to_affine())), frobenius(p));
  EXPECT_TRUE(frobenius(G2::infinity()).is_infinity());
}

}  // namespace
}  // namespace zkp::prover::curve
