#include "prover/field/field.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace zkp::prover::field {
namespace {

using base::ErrorCode;
using base::SeededRandom;

// Gives the bytes that it was made of, over and over.
class FixedRandom final : public base::Random {
 public:
  explicit FixedRandom(base::Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = bytes_[next_++ % bytes_.size()];
  }

 private:
  base::Bytes bytes_;
  std::size_t next_ = 0;
};

template <class Field>
Field arbitrary() {
  SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  return Field::random(random);
}

template <class Field>
std::vector<Field> edge_values() {
  std::vector<Field> values = {Field::zero(),
                               Field::one(),
                               -Field::one(),
                               Field{Field::kR},
                               Field::from_standard(Field::kR),
                               Field::from_standard(Field::kRSquared)};
  Limbs half = Field::kModulus;  // (p - 1) / 2
  for (std::size_t i = 0; i < 4; ++i) half[i] = half[i] >> 1 | (i < 3 ? half[i + 1] << 63 : 0);
  values.push_back(Field::from_standard(half));
  for (std::size_t i = 0; i < 256; ++i) {
    Limbs power{};
    power[i / 64] = std::uint64_t{1} << (i % 64);
    if (!less_than(power, Field::kModulus)) continue;
    values.push_back(Field::from_standard(power));
    values.push_back(Field{power});
  }
  return values;
}

template <class Field>
base::Bytes bytes_of(const Field& value) {
  base::Bytes bytes(Field::kBytes);
  value.to_bytes(std::span<std::uint8_t, Field::kBytes>(bytes));
  return bytes;
}

template <class Field>
base::Result<Field> from(const base::Bytes& bytes) {
  return Field::from_bytes(std::span<const std::uint8_t, Field::kBytes>(bytes));
}

// p + add, as bytes.
template <class Field>
base::Bytes modulus_plus(std::uint64_t add) {
  base::Bytes bytes(Field::kBytes);
  for (std::size_t i = 0; i < 4; ++i) {
    base::store_le(&bytes[8 * i], Field::kModulus[i] + (i == 0 ? add : 0));
  }
  return bytes;
}

template <class Field>
class BothFields : public testing::Test {};
using Fields = testing::Types<Fr, Fq>;
TYPED_TEST_SUITE(BothFields, Fields);

TYPED_TEST(BothFields, LawsOfAField) {
  using Field = TypeParam;
  EXPECT_TRUE(rc::check("laws", [] {
    const auto a = arbitrary<Field>();
    const auto b = arbitrary<Field>();
    const auto c = arbitrary<Field>();
    RC_ASSERT(a + b == b + a);
    RC_ASSERT(a * b == b * a);
    RC_ASSERT((a + b) + c == a + (b + c));
    RC_ASSERT((a * b) * c == a * (b * c));
    RC_ASSERT(a * (b + c) == a * b + a * c);
    RC_ASSERT(a - b == a + -b);
    RC_ASSERT(a + Field::zero() == a);
    RC_ASSERT(a * Field::one() == a);
    RC_ASSERT(a.doubled() == a + a);
    RC_ASSERT(a.squared() == a * a);
    RC_ASSERT(a.is_zero() || a * a.inverse() == Field::one());
  }));
}

TYPED_TEST(BothFields, LawsHoldAtTheEdges) {
  using Field = TypeParam;
  const std::vector<Field> values = edge_values<Field>();
  for (const Field& a : values) {
    EXPECT_TRUE(less_than(a.limb, Field::kModulus));
    EXPECT_EQ(a - a, Field::zero());
    EXPECT_EQ(a + -a, Field::zero());
    EXPECT_EQ(Field::from_standard(a.to_standard()), a);
    for (const Field& b : values) {
      const Field sum = a + b;
      const Field product = a * b;
      EXPECT_TRUE(less_than(sum.limb, Field::kModulus));
      EXPECT_TRUE(less_than(product.limb, Field::kModulus));
      EXPECT_EQ(sum - b, a);
      EXPECT_EQ(product, b * a);
      EXPECT_EQ((a - Field::one()) * b, product - b);
    }
  }
}

// The compiler's evaluation takes none of the paths that are written for speed.
TYPED_TEST(BothFields, ConstantEvaluationGivesTheSame) {
  using Field = TypeParam;
  static constexpr Field kA = -Field::from_u64(3);
  static constexpr Field kB = -Field::from_u64(5).inverse();
  static constexpr Field kProduct = kA * kB;
  static constexpr Field kSum = kA + kB;
  static constexpr Field kDifference = kA - kB;
  static constexpr Field kInverse = kA.inverse();
  Field a = kA;
  Field b = kB;
  __asm__ volatile("" : "+m"(a), "+m"(b));
  EXPECT_EQ(a * b, kProduct);
  EXPECT_EQ(a + b, kSum);
  EXPECT_EQ(a - b, kDifference);
  EXPECT_EQ(a.inverse(), kInverse);
}

TYPED_TEST(BothFields, ProductTakesAnySecondFactor) {
  using Field = TypeParam;
  EXPECT_TRUE(rc::check("unreduced factor", [] {
    Limbs any;
    for (std::uint64_t& word : any) {
      word = *rc::gen::element(~std::uint64_t{0}, *rc::gen::arbitrary<std::uint64_t>());
    }
    const Field value = arbitrary<Field>();
    Limbs reduced = any;
    while (!less_than(reduced, Field::kModulus)) reduced = reduce_once(reduced, Field::kModulus);
    RC_ASSERT(Field::montgomery_product(value.limb, any) ==
              Field::montgomery_product(value.limb, reduced));
  }));
}

TYPED_TEST(BothFields, PowerAndInverse) {
  using Field = TypeParam;
  const Field a = Field::from_u64(7);
  EXPECT_EQ(a.power(0), Field::one());
  EXPECT_EQ(a.power(1), a);
  EXPECT_EQ(a.power(10), Field::from_u64(282475249));
  EXPECT_EQ(Field::zero().power(0), Field::one());
  EXPECT_EQ(Field::zero().inverse(), Field::zero());
  EXPECT_EQ(Field::one().inverse(), Field::one());
  EXPECT_EQ((-Field::one()).inverse(), -Field::one());
  EXPECT_TRUE(a.power(Field::kModulus) == a);  // Fermat
}

// this^(p-2)
template <class Field>
Field inverse_by_fermat(const Field& value) {
  Limbs exponent = Field::kModulus;
  exponent[0] -= 2;
  return value.power(exponent);
}

TYPED_TEST(BothFields, InverseIsFermats) {
  using Field = TypeParam;
  EXPECT_TRUE(rc::check("inverse", [] {
    const auto value = arbitrary<Field>();
    RC_ASSERT(value.inverse() == inverse_by_fermat(value));
  }));
  for (const Field& value : edge_values<Field>()) {
    EXPECT_EQ(value.inverse(), inverse_by_fermat(value)) << value.to_decimal();
    EXPECT_EQ((-value).inverse(), inverse_by_fermat(-value)) << value.to_decimal();
  }
}

// Where the upper bits of two numbers are the same, the steps go by the wrong order.
TYPED_TEST(BothFields, InverseOfWhatIsStoredNearAFractionOfTheModulus) {
  using Field = TypeParam;
  const Field one{{1, 0, 0, 0}};
  for (const std::uint64_t divisor : {1U, 2U, 3U, 5U, 7U, 16U}) {
    const Field fraction = one * Field::from_u64(divisor).inverse();
    for (Field step = one; step.limb[3] == 0; step = step.doubled()) {
      for (const Field& value : {fraction - step, fraction + step, fraction - step - one,
                                 fraction + step + one, -fraction + step}) {
        EXPECT_EQ(value.inverse(), inverse_by_fermat(value)) << value.to_decimal();
      }
    }
  }
}

TYPED_TEST(BothFields, BatchInverseKeepsZeros) {
  using Field = TypeParam;
  EXPECT_TRUE(rc::check("batch inverse", [] {
    std::vector<Field> values(*rc::gen::inRange<std::size_t>(0, 20));
    for (Field& value : values) {
      value = *rc::gen::inRange(0, 3) == 0 ? Field::zero() : arbitrary<Field>();
    }
    std::vector<Field> expected;
    for (const Field& value : values) expected.push_back(value.inverse());
    std::vector<Field> scratch(values.size() + 1);
    invert_batch<Field>(values, scratch);
    RC_ASSERT(values == expected);
  }));
}

TYPED_TEST(BothFields, BytesAndDecimalsComeBack) {
  using Field = TypeParam;
  EXPECT_TRUE(rc::check("round trips", [] {
    const auto value = arbitrary<Field>();
    RC_ASSERT(*from<Field>(bytes_of(value)) == value);
    RC_ASSERT(*Field::from_decimal(value.to_decimal()) == value);
  }));
  for (const Field& value : edge_values<Field>()) {
    EXPECT_EQ(*from<Field>(bytes_of(value)), value);
    EXPECT_EQ(*Field::from_decimal(value.to_decimal()), value);
  }
}

TYPED_TEST(BothFields, BytesOfTheModulusAndAboveAreRefused) {
  using Field = TypeParam;
  const base::Bytes largest = bytes_of(-Field::one());
  EXPECT_EQ(*from<Field>(largest), -Field::one());
  for (const base::Bytes& bytes :
       {modulus_plus<Field>(0), modulus_plus<Field>(1), base::Bytes(Field::kBytes, 0xff)}) {
    const auto result = from<Field>(bytes);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(result.error().message.find("below the field's modulus"), std::string::npos);
  }
}

TYPED_TEST(BothFields, DecimalsThatAreNotANumberBelowTheModulusAreRefused) {
  using Field = TypeParam;
  // 2^256 - 1, 2^256 and more; then what is no number or no canonical one.
  for (const char* text :
       {"115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "999999999999999999999999999999999999999999999999999999999999999999999999999999",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000", "", "-1",
        "+1", " 1", "1 ", "0x1", "1e3", "1.0", "00", "01", "a"}) {
    const auto result = Field::from_decimal(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(*Field::from_decimal("0"), Field::zero());
  EXPECT_EQ(*Field::from_decimal("10"), Field::from_u64(10));
}

TYPED_TEST(BothFields, RandomRefusesWhatIsNotBelowTheModulus) {
  using Field = TypeParam;
  // The modulus first, its upper bits kept by the mask; then 42.
  base::Bytes bytes = modulus_plus<Field>(0);
  bytes.resize(2 * Field::kBytes);
  bytes[Field::kBytes] = 42;
  FixedRandom random(bytes);
  EXPECT_EQ(Field::random(random), Field::from_u64(42));
}

TYPED_TEST(BothFields, RandomReachesTheWholeRange) {
  using Field = TypeParam;
  SeededRandom random(1);
  int upper_half = 0;
  for (int i = 0; i < 1000; ++i) {
    upper_half += Field::random(random).to_standard()[3] > Field::kModulus[3] / 2;
  }
  EXPECT_GT(upper_half, 400);
  EXPECT_LT(upper_half, 600);
}

// Made with ffjavascript 0.3.1, curve bn128, F = Fr and F1 (that is Fq): a = F.e("12345..."),
// b = F.e("98765..."); F.mul, F.add, F.sub, F.inv, F.square, F.div, F.exp(a, 65537), F.toRprLE(a).
constexpr const char* kA =
    "1234567890123456789012345678901234567890123456789012345678901234567890123456";
constexpr const char* kB =
    "9876543210987654321098765432109876543210987654321098765432109876543210987654";

template <class Field>
void expect_known(const Field& value, const char* decimal) {
  EXPECT_EQ(value.to_decimal(), decimal);
}

TEST(Fr, KnownAnswersOfFfjavascript) {
  const Fr a = *Fr::from_decimal(kA);
  const Fr b = *Fr::from_decimal(kB);
  expect_known(a * b,
               "12862361221591190902274940759268830452049971746957810216972323991515813546711");
  expect_known(a + b,
               "11111111101111111110111111111011111111101111111110111111111011111111101111110");
  expect_known(a - b,
               "13246267550975077690159985992048633113227500202883947923944995544600487631419");
  expect_known(a.inverse(),
               "16217060848268046221740047024975439286710988707682571574362101701957914182978");
  expect_known(a.squared(),
               "6505454489646954518257376203837077856923837636189853764474616091006269605589");
  expect_known(a * b.inverse(),
               "11820708094946162171303968809992493550659443306845607715419571953132187604148");
  expect_known(a.power(65537),
               "6624154580460566359687484810186800929289712871952774341596690349306228423113");
}

TEST(Fq, KnownAnswersOfFfjavascript) {
  const Fq a = *Fq::from_decimal(kA);
  const Fq b = *Fq::from_decimal(kB);
  expect_known(a * b,
               "1576480393704282770998537827751226552422108760150609582308881471830982350504");
  expect_known(a - b,
               "13246267550975077690159985992048633113375446959765737242935829252669905344385");
  expect_known(a.inverse(),
               "21884163717322744700201443870402590255463488095397498280398284981362980708650");
  expect_known(a.squared(),
               "4888043054822461398632205539047858098669164395680593828938554424105180780107");
  expect_known(a * b.inverse(),
               "4981989301399718763824236926036860580230696210879675403580531758033478962166");
  expect_known(a.power(65537),
               "2361163094633391593668829581205945735463803946433429362291496220529458722902");
}

TEST(Fr, KnownBytesOfFfjavascript) {
  const base::Bytes expected = {0xc0, 0xba, 0xdc, 0x72, 0x91, 0x5c, 0x1b, 0xf8, 0xa7, 0xd5, 0xb9,
                                0x07, 0x6f, 0xcb, 0x46, 0x4a, 0xfc, 0x30, 0xd9, 0x89, 0x36, 0x94,
                                0x41, 0x03, 0xb1, 0x32, 0x68, 0x1d, 0x9c, 0xbd, 0xba, 0x02};
  EXPECT_EQ(bytes_of(*Fr::from_decimal(kA)), expected);
  // The limbs are what ffjavascript holds in memory: Montgomery form with R = 2^256.
  EXPECT_EQ(Fr::from_decimal(kA)->limb,
            (Limbs{0xdc3b61dc873b7908, 0x23fd29494ded6640, 0x3ff24f0d28db89b, 0x225e95dee2562832}));
}

}  // namespace
}  // namespace zkp::prover::field
