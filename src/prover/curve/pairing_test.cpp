#include "prover/curve/pairing.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/curve/final_exponentiation.h"
#include "prover/curve/fq12.h"
#include "prover/curve/miller_loop.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

Fr scalar_of(std::uint64_t seed) {
  base::SeededRandom random(seed);
  return Fr::random(random);
}

G1Affine g1_times(const Fr& scalar) {
  return (G1::from_affine(g1_generator()) * scalar).to_affine();
}

G2Affine g2_times(const Fr& scalar) {
  return (G2::from_affine(g2_generator()) * scalar).to_affine();
}

Fq12 pairing(const G1Affine& p, const G2Affine& q) {
  const PointPair pair = {p, q};
  return pairing_product({&pair, 1});
}

Fq12 power(const Fq12& base, const field::Limbs& exponent) {
  Fq12 result = Fq12::one();
  for (std::size_t i = 256; i-- > 0;) {
    result = squared(result);
    if (field::bit_of(exponent, i)) result = result * base;
  }
  return result;
}

Fq12 random_fq12(std::uint64_t seed) {
  base::SeededRandom random(seed);
  const auto fq2 = [&] { return Fq2{Fq::random(random), Fq::random(random)}; };
  const auto fq6 = [&] { return Fq6{fq2(), fq2(), fq2()}; };
  return {fq6(), fq6()};
}

// (2 q - r), by which the twist has more points than G2; and without its least prime.
constexpr field::Limbs kCofactor = {0x345f2299c0f9fa8d, 0x06ceecda572a2489, 0xb85045b68181585e,
                                    0x30644e72e131a029};
constexpr field::Limbs kCofactorBy10069 = {0x6c3cd334915f1659, 0x207142f7671af448,
                                           0x9e28bcf65b5681da, 0x00013af7a58fce69};

G2Affine of_order_10069() {
  base::SeededRandom random(1);
  while (true) {
    const G2 point =
        G2::from_affine(curve_point(random)).times(Fr::kModulus).times(kCofactorBy10069);
    if (!point.is_infinity()) return point.to_affine();
  }
}

Fq12 from_decimals(const std::array<const char*, 12>& text) {
  std::array<Fq, 12> c;
  for (std::size_t i = 0; i < 12; ++i) c[i] = Fq::from_decimal(text[i]).value();
  return {{{c[0], c[1]}, {c[2], c[3]}, {c[4], c[5]}}, {{c[6], c[7]}, {c[8], c[9]}, {c[10], c[11]}}};
}

// ffjavascript 0.3.1: Gt.toObject(pairing(G1.g, G2.g)).
TEST(Pairing, OfTheGeneratorsIsThatOfFfjavascript) {
  const Fq12 want = from_decimals(
      {"17264119758069723980713015158403419364912226240334615592005620718956030922389",
       "1300711225518851207585954685848229181392358478699795190245709208408267917898",
       "8894217292938489450175280157304813535227569267786222825147475294561798790624",
       "1829859855596098509359522796979920150769875799037311140071969971193843357227",
       "4968700049505451466697923764727215585075098085662966862137174841375779106779",
       "12814315002058128940449527172080950701976819591738376253772993495204862218736",
       "4233474252585134102088637248223601499779641130562251948384759786370563844606",
       "9420544134055737381096389798327244442442230840902787283326002357297404128074",
       "13457906610892676317612909831857663099224588803620954529514857102808143524905",
       "5122435115068592725432309312491733755581898052459744089947319066829791570839",
       "8891987925005301465158626530377582234132838601606565363865129986128301774627",
       "440796048150724096437130979851431985500142692666486515369083499585648077975"});
  EXPECT_EQ(pairing(g1_generator(), g2_generator()), want);
}

// ffjavascript 0.3.1: Gt.toObject(pairing(123456789 G1.g, 987654321 G2.g)).
TEST(Pairing, OfMultiplesIsThatOfFfjavascript) {
  const Fq12 want = from_decimals(
      {"20549864742343039486857498197502924499268419402171026104815567195686332962891",
       "11264194612234393558191199974284031895585343334466835326235495483042875213317",
       "3173242189666468232292750203977460780536816144190583726312384469642304875088",
       "1825572609647234889778418080313743457784082164208049580390156265209189886277",
       "12502904210085933950337875541926705355283817605598972527426334108467838626588",
       "21868952567648037435411159732576790516941285092865565570844722528003776927548",
       "15976349883115626647186436489727059223256895554335954351714463578763650258760",
       "6863850748216449397914116558708623768354546215897733256936273252369628908831",
       "1578291151821474995909918842103273885101242333542720725114103316555777552954",
       "17102267123553902289225858527123540624309260618078003253489075975560479007438",
       "17620760759989355112291298657062979737088898366582889093289804111817170151798",
       "14500622098009610302579295634353999775605911729234320489904145990569858989015"});
  EXPECT_EQ(pairing(g1_times(Fr::from_u64(123456789)), g2_times(Fr::from_u64(987654321))), want);
}

TEST(Pairing, IsBilinear) {
  const Fq12 unit = pairing(g1_generator(), g2_generator());
  EXPECT_TRUE(rc::check([&](std::uint64_t seed_a, std::uint64_t seed_b) {
    const Fr a = scalar_of(seed_a);
    const Fr b = scalar_of(seed_b);
    const Fq12 want = power(unit, (a * b).to_standard());
    RC_ASSERT(pairing(g1_times(a), g2_times(b)) == want);
    RC_ASSERT(pairing(g1_times(a * b), g2_generator()) == want);
    RC_ASSERT(pairing(g1_generator(), g2_times(a * b)) == want);
  }));
}

TEST(Pairing, IsNotDegenerateAndHasOrderR) {
  const Fq12 unit = pairing(g1_generator(), g2_generator());
  EXPECT_FALSE(unit.is_one());
  EXPECT_TRUE(power(unit, Fr::kModulus).is_one());
}

TEST(Pairing, OfInfinityIsOne) {
  EXPECT_TRUE(pairing_product({}).is_one());
  EXPECT_TRUE(pairing(G1Affine::infinity(), g2_generator()).is_one());
  EXPECT_TRUE(pairing(g1_generator(), G2Affine::infinity()).is_one());
}

// Infinity is among their points.
std::vector<PointPair> pairs_of(std::uint64_t seed, std::size_t count) {
  std::vector<PointPair> pairs(count);
  for (std::size_t i = 0; i < count; ++i) {
    pairs[i] = {g1_times(scalar_of(seed + i)), g2_times(scalar_of(seed + 100 + i))};
    if (*rc::gen::inRange(0, 8) == 0) pairs[i].g1 = G1Affine::infinity();
    if (*rc::gen::inRange(0, 8) == 0) pairs[i].g2 = G2Affine::infinity();
  }
  return pairs;
}

TEST(Pairing, ProductIsTheProductOfPairings) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto pairs = pairs_of(seed, *rc::gen::inRange<std::size_t>(0, 6));
    Fq12 want = Fq12::one();
    for (const PointPair& pair : pairs) want = want * pairing(pair.g1, pair.g2);
    RC_ASSERT(pairing_product(pairs) == want);
  }));
}

TEST(Pairing, OfAPointAndItsNegativeCancel) {
  const std::vector<PointPair> pairs = {{g1_generator(), g2_generator()},
                                        {-g1_generator(), g2_generator()}};
  EXPECT_TRUE(pairing_product(pairs).is_one());
}

TEST(Pairing, PreparedPairsGiveTheSameProduct) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto count = *rc::gen::inRange<std::size_t>(0, 6);
    const std::vector<PointPair> pairs = pairs_of(seed, count);
    std::vector<PreparedG2> points(count);
    std::vector<PreparedPair> prepared(count);
    for (std::size_t i = 0; i < count; ++i) {
      points[i] = prepare(pairs[i].g2);
      prepared[i] = {G1::from_affine(pairs[i].g1).doubled(), &points[i]};
    }
    const Fq12 product = pairing_product(pairs);
    const MillerLoop both = miller_loop(pairs, prepared);
    RC_ASSERT(both.g2_in_subgroup);
    RC_ASSERT(final_exponentiation(both.value) == product * product * product);
  }));
}

class EveryBackendPairs : public ::testing::TestWithParam<field::KernelsChoice> {
  void SetUp() override {
    if (!GetParam().runs) GTEST_SKIP() << "this CPU lacks what it needs";
  }
};
INSTANTIATE_TEST_SUITE_P(Kernels, EveryBackendPairs, testing::ValuesIn(field::all_kernels()),
                         [](const auto& choice) { return choice.param.kernels->name; });

TEST_P(EveryBackendPairs, ManyAtOnceGiveTheSameProduct) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto pairs = pairs_of(seed, *rc::gen::inRange<std::size_t>(0, 20));
    const MillerLoop many = miller_loop_of_many(pairs, *GetParam().kernels);
    RC_ASSERT(many.g2_in_subgroup);
    RC_ASSERT(final_exponentiation(many.value) == pairing_product(pairs));
  }));
}

TEST_P(EveryBackendPairs, ManyPairsNeedSeveralCalls) {
  const std::vector<PointPair> pairs(300, {g1_generator(), g2_generator()});
  EXPECT_EQ(final_exponentiation(miller_loop_of_many(pairs, *GetParam().kernels).value),
            power(pairing(g1_generator(), g2_generator()), {300, 0, 0, 0}));
}

// Points of the twist outside of G2: any, and one of the order 10069, the cofactor's least prime.
TEST_P(EveryBackendPairs, TheLoopTellsWhetherAPointIsInTheSubgroup) {
  base::SeededRandom random(1);
  const G2Affine anywhere = curve_point(random);
  const G2Affine of_small_order = of_order_10069();
  ASSERT_FALSE(is_in_subgroup(anywhere) || is_in_subgroup(of_small_order));
  for (std::size_t place = 0; place < 9; ++place) {
    std::vector<PointPair> pairs(9, {g1_generator(), g2_generator()});
    EXPECT_TRUE(miller_loop_of_many(pairs, *GetParam().kernels).g2_in_subgroup);
    for (const G2Affine& outsider : {anywhere, of_small_order}) {
      pairs[place].g2 = outsider;
      EXPECT_FALSE(miller_loop_of_many(pairs, *GetParam().kernels).g2_in_subgroup);
    }
  }
}

// Whether a point's loop agrees with the definition.
TEST(Pairing, TheLoopTellsTheSameAsTheOrder) {
  base::SeededRandom random(1);
  for (int i = 0; i < 20; ++i) {
    const G2 point = G2::from_affine(curve_point(random));
    for (const G2& multiple : {point, point.times(kCofactor), point.times(Fr::kModulus)}) {
      const PointPair pair{g1_generator(), multiple.to_affine()};
      EXPECT_EQ(miller_loop({&pair, 1}).g2_in_subgroup, multiple.times(Fr::kModulus).is_infinity());
    }
  }
}

TEST(Fq12, InverseAndSquareAndFrobeniusKeepTheirLaws) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Fq12 a = random_fq12(seed);
    const Fq12 b = random_fq12(seed + 1);
    RC_ASSERT((a * inverse(a)).is_one());
    RC_ASSERT(squared(a) == a * a);
    RC_ASSERT(frobenius(a * b) == frobenius(a) * frobenius(b));
    RC_ASSERT(frobenius(a) == power(a, Fq::kModulus));
    Fq12 sixth = a;
    for (int i = 0; i < 6; ++i) sixth = frobenius(sixth);
    RC_ASSERT(sixth == conjugate(a));
  }));
}

TEST(Fq12, CyclotomicSquareIsTheSquareInTheCyclotomicSubgroup) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Fq12 a = final_exponentiation(random_fq12(seed));
    RC_ASSERT(cyclotomic_squared(a) == a * a);
  }));
}

TEST(Fq12, TimesALineIsTimesTheFullElement) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Fq12 a = random_fq12(seed);
    const Fq12 b = random_fq12(seed + 1);
    const Line line = {b.c0.c0, b.c0.c1, b.c0.c2};
    const Fq12 full = {{line.constant, Fq2::zero(), Fq2::zero()},
                       {line.slope, line.offset, Fq2::zero()}};
    RC_ASSERT(a * line == a * full);
  }));
}

}  // namespace
}  // namespace zkp::prover::curve
