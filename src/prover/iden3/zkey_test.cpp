#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/groth16/synthetic.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using base::Bytes;
using curve::Fq;
using curve::Fq2;
using curve::G1Affine;
using curve::G2Affine;
using groth16::KeyMatrix;
using groth16::ProvingKey;

bool equal(const KeyMatrix& a, const KeyMatrix& b) {
  const auto same_term = [](const groth16::KeyTerm& x, const groth16::KeyTerm& y) {
    return x.wire == y.wire && x.coefficient_r2 == y.coefficient_r2;
  };
  return a.row_start == b.row_start && std::ranges::equal(a.terms, b.terms, same_term);
}
bool equal(const ProvingKey& a, const ProvingKey& b) {
  return a.verifying == b.verifying && a.beta1 == b.beta1 && a.delta1 == b.delta1 &&
         a.wire_count == b.wire_count && a.public_count == b.public_count &&
         a.domain_log == b.domain_log && equal(a.matrix_a, b.matrix_a) &&
         equal(a.matrix_b, b.matrix_b) && a.a == b.a && a.b1 == b.b1 && a.b2 == b.b2 &&
         a.c == b.c && a.h == b.h && a.contributions == b.contributions;
}

std::string error_of(const Bytes& file, PointChecks checks = PointChecks::subgroup) {
  const auto key = read_zkey(file, checks);
  return key ? "none" : key.error().message;
}

ProvingKey product_key() {
  auto key = read_zkey(test_file("product.zkey"), PointChecks::subgroup);
  EXPECT_TRUE(key.ok());
  return std::move(key).value();
}

// Where things stand in product.zkey: sections 1, 2, 3, 4 ...
constexpr std::size_t kProtocol = 24, kHeader = 40;
constexpr std::size_t kWires = kHeader + 72, kPublics = kHeader + 76, kDomain = kHeader + 80;
constexpr std::size_t kCoefficients = kHeader + 660 + 12 + 2 * 64 + 12;

TEST(Zkey, WritesTheSameBytesAsSnarkjs) {
  const Bytes file = test_file("product.zkey");
  const auto key = read_zkey(file, PointChecks::subgroup);
  ASSERT_TRUE(key.ok()) << key.error().message;
  EXPECT_EQ(write_zkey(*key), file);
}

TEST(Zkey, HasTheCircuitsShape) {
  const ProvingKey key = product_key();
  EXPECT_EQ(key.wire_count, 5U);
  EXPECT_EQ(key.public_count, 1U);
  EXPECT_EQ(key.domain_log, 2U);
  EXPECT_EQ(key.c.size(), 3U);
  EXPECT_EQ(key.h.size(), 4U);
  // A: the two constraints, then wires 0 and 1. B: the constraints.
  EXPECT_THAT(key.matrix_a.row_start, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(key.matrix_b.row_start, testing::ElementsAre(0, 1, 2, 2, 2));
  EXPECT_EQ(key.matrix_a.terms[2].coefficient_r2, field::Fr::kRSquared);
}

TEST(Zkey, TheVerifyingKeyAloneIsTheSame) {
  const auto verifying = read_zkey_verifying_key(test_file("product.zkey"));
  ASSERT_TRUE(verifying.ok());
  EXPECT_EQ(*verifying, product_key().verifying);
}

TEST(Zkey, TheSizesAloneAreTheSame) {
  const auto sizes = read_zkey_sizes(test_file("product.zkey"));
  ASSERT_TRUE(sizes.ok());
  EXPECT_EQ(sizes->wire_count, 5U);
  EXPECT_EQ(sizes->public_count, 1U);
  EXPECT_EQ(sizes->domain_size, 4U);
  EXPECT_EQ(sizes->coefficient_count, 6U);
}

TEST(Zkey, AKeyOfOurSetupComesBack) {
  const auto circuit = groth16::synthetic_circuit(20, 1);
  base::SeededRandom random(2);
  auto key = groth16::setup(circuit.system, {field::portable_kernels(), random});
  ASSERT_TRUE(key.ok());
  ASSERT_TRUE(key->contributions.empty());
  const auto back = read_zkey(write_zkey(*key), PointChecks::subgroup);
  ASSERT_TRUE(back.ok()) << back.error().message;
  key->contributions = initial_contributions(*key);  // what the writer adds
  EXPECT_TRUE(equal(*back, *key));

  const auto proof = groth16::prove(*back, circuit.witness, {field::portable_kernels(), random});
  const auto signals = groth16::public_signals_of(*back, circuit.witness);
  ASSERT_TRUE(proof.ok() && signals.ok());
  EXPECT_TRUE(groth16::verify(back->verifying, *signals, *proof).valid);
}

TEST(Zkey, CoefficientsComeInAnyOrderOfRows) {
  const Bytes file = test_file("product.zkey");
  Bytes turned = file;
  for (std::size_t i = 0; i < 6; ++i) {
    std::copy_n(&file[kCoefficients + 4 + i * 44], 44, &turned[kCoefficients + 4 + (5 - i) * 44]);
  }
  ASSERT_NE(turned, file);
  const auto key = read_zkey(turned, PointChecks::none);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(equal(*key, product_key()));
}

TEST(Zkey, SectionsComeInAnyOrder) {  // snarkjs writes a first key in another one
  const auto key = read_zkey(test_file("product_0000.zkey"), PointChecks::subgroup);
  ASSERT_TRUE(key.ok()) << key.error().message;
  EXPECT_EQ(key->a, product_key().a);
  const auto again = read_zkey(write_zkey(*key), PointChecks::none);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(equal(*again, *key));
}

TEST(Zkey, RefusesOtherProtocolsAndFields) {
  Bytes file = test_file("product.zkey");
  file[kProtocol] = 2;
  EXPECT_EQ(error_of(file), "zkey: protocol 2, want 1 (groth16)");
  file = test_file("product.zkey");
  file[kHeader + 4] ^= 1;
  EXPECT_EQ(error_of(file), "zkey: the prime is not that of BN254 (bn128)");
  file = test_file("product.zkey");
  file[kHeader + 40] ^= 1;
  EXPECT_EQ(error_of(file), "zkey: the prime is not that of BN254 (bn128)");
}

TEST(Zkey, RefusesNumbersThatTheBytesDoNotBear) {
  Bytes file = test_file("product.zkey");
  file[kWires + 3] = 0xff;
  EXPECT_EQ(error_of(file), "zkey: section 5 has 320 bytes, want 273804165440");
  file = test_file("product.zkey");
  file[kPublics] = 5;
  EXPECT_EQ(error_of(file), "zkey: header has 5 wires, want more than its 5 public signals");
  file[kPublics] = 2;
  EXPECT_EQ(error_of(file), "zkey: section 3 has 128 bytes, want 192");
  file = test_file("product.zkey");
  file[kDomain] = 8;
  EXPECT_EQ(error_of(file), "zkey: section 9 has 256 bytes, want 512");
  file[kDomain] = 5;
  EXPECT_EQ(error_of(file), "zkey: header has a domain of 5, want a power of two, at most 2^27");
  file[kDomain] = 0;
  EXPECT_EQ(error_of(file), "zkey: header has a domain of 0, want a power of two, at most 2^27");
  file[kDomain + 3] = 0x10;
  EXPECT_EQ(error_of(file),
            "zkey: header has a domain of 268435456, want a power of two, at most 2^27");
  file = test_file("product.zkey");
  file[kCoefficients] = 7;
  EXPECT_EQ(error_of(file), "zkey: section 4 has 268 bytes, want 312");
  EXPECT_FALSE(read_zkey_sizes(file).ok());
}

TEST(Zkey, RefusesACoefficientOutOfPlace) {
  const std::size_t first = kCoefficients + 4;
  for (const auto& [offset, value, place] :
       {std::tuple{0, 2, "matrix 2, row 0, wire 2"}, std::tuple{4, 4, "matrix 0, row 4, wire 2"},
        std::tuple{8, 5, "matrix 0, row 0, wire 5"}}) {
    Bytes file = test_file("product.zkey");
    file[first + static_cast<std::size_t>(offset)] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(error_of(file),
              fmt::format("zkey: coefficient 0 is at {}, want below 2, 4, 5", place));
  }
  Bytes file = test_file("product.zkey");
  std::fill_n(file.begin() + first + 12 + 44, 32, std::uint8_t{0xff});
  EXPECT_EQ(error_of(file), "zkey: coefficient 1 is not below the prime");
}

TEST(Zkey, RefusesCoordinatesThatAreNotReducedWhateverIsChecked) {
  ProvingKey key = product_key();
  key.a[3].y.limb = Fq::kModulus;
  EXPECT_EQ(error_of(write_zkey(key), PointChecks::none),
            "zkey: A[3] has a coordinate not below the prime");
  key = product_key();
  key.verifying.delta2.x.c1.limb = Fq::kModulus;
  EXPECT_EQ(error_of(write_zkey(key), PointChecks::none),
            "zkey: delta2 has a coordinate not below the prime");
}

// A point of each list that is off its curve, and what the error calls it.
TEST(Zkey, ChecksTheCurveOfEveryPoint) {
  const G1Affine off1 = {Fq::one(), Fq::one()};
  const G2Affine off2 = {Fq2::one(), Fq2::one()};
  const std::vector<std::pair<std::string, std::function<void(ProvingKey&)>>> changes = {
      {"alpha1", [&](ProvingKey& key) { key.verifying.alpha1 = off1; }},
      {"beta1", [&](ProvingKey& key) { key.beta1 = off1; }},
      {"beta2", [&](ProvingKey& key) { key.verifying.beta2 = off2; }},
      {"gamma2", [&](ProvingKey& key) { key.verifying.gamma2 = off2; }},
      {"delta1", [&](ProvingKey& key) { key.delta1 = off1; }},
      {"delta2", [&](ProvingKey& key) { key.verifying.delta2 = off2; }},
      {"IC[1]", [&](ProvingKey& key) { key.verifying.ic[1] = off1; }},
      {"A[4]", [&](ProvingKey& key) { key.a[4] = off1; }},
      {"B1[0]", [&](ProvingKey& key) { key.b1[0] = off1; }},
      {"B2[2]", [&](ProvingKey& key) { key.b2[2] = off2; }},
      {"C[1]", [&](ProvingKey& key) { key.c[1] = key.c[2] = off1; }},
      {"H[3]", [&](ProvingKey& key) { key.h[3] = off1; }}};
  for (const auto& [name, change] : changes) {
    ProvingKey key = product_key();
    change(key);
    const Bytes file = write_zkey(key);
    EXPECT_EQ(error_of(file, PointChecks::none), "none") << name;
    EXPECT_EQ(error_of(file, PointChecks::curve), "zkey: " + name + " is not on its curve");
  }
}

// On the curve of G2, with x = 1; like nearly all of that curve, outside of the group. y is from
// ffjavascript: F2.sqrt(1 + 3 / (9 + u)).
G2Affine point_outside_the_group() {
  return {Fq2::one(),
          {*Fq::from_decimal(
               "18278151005453108793778860132295291098363647455926340152056652516292830556603"),
           *Fq::from_decimal(
               "5912654199736721486680175016176231956195085055698687135131307249486702594212")}};
}

TEST(Zkey, ChecksTheSubgroupIfAskedTo) {
  ProvingKey key = product_key();
  key.b2[1] = point_outside_the_group();
  ASSERT_TRUE(key.b2[1].is_on_curve());
  EXPECT_EQ(error_of(write_zkey(key), PointChecks::curve), "none");
  EXPECT_EQ(error_of(write_zkey(key), PointChecks::subgroup), "zkey: B2[1] is not in its subgroup");
  key = product_key();
  key.verifying.gamma2 = point_outside_the_group();
  EXPECT_EQ(read_zkey_verifying_key(write_zkey(key)).error().message,
            "zkey: gamma2 is not in its subgroup");
}

// Enough points for several tasks: whichever finds one, the first is named.
TEST(Zkey, NamesTheFirstWrongPoint) {
  ProvingKey key = product_key();
  key.domain_log = 13;
  key.matrix_a.row_start.resize(key.domain_size() + 1, key.matrix_a.row_start.back());
  key.matrix_b.row_start.resize(key.domain_size() + 1, key.matrix_b.row_start.back());
  key.h.resize(key.domain_size(), key.h[0]);
  for (const std::size_t i : {701U, 3000U, 8191U}) key.h[i] = {Fq::one(), Fq::one()};
  EXPECT_EQ(error_of(write_zkey(key)), "zkey: H[701] is not on its curve");
}

TEST(Zkey, RefusesContributionsThatDoNotFillTheirSection) {
  ProvingKey key = product_key();
  const Bytes contributions = key.contributions;
  key.contributions.resize(67);
  EXPECT_EQ(error_of(write_zkey(key)), "zkey: section 10 has 67 bytes, want at least 68");
  key.contributions = contributions;
  key.contributions.push_back(0);
  EXPECT_EQ(error_of(write_zkey(key)), "zkey: section 10 has 1 bytes after its last contribution");
  key.contributions = contributions;
  key.contributions[64] = 3;
  EXPECT_EQ(error_of(write_zkey(key)),
            "zkey: section 10 has 0 bytes left for contribution 2, want 392");
  key.contributions = contributions;
  key.contributions[68 + 388 + 3] = 0xff;  // the size of the first one's parameters
  EXPECT_THAT(error_of(write_zkey(key)), testing::EndsWith("of contribution 0, want 4278190085"));
}

TEST(Zkey, SurvivesDamage) {
  const Bytes file = test_file("product.zkey");
  for_each_truncation(file, [](base::ByteView cut) {
    EXPECT_FALSE(read_zkey(cut, PointChecks::none).ok()) << cut.size();
    EXPECT_FALSE(read_zkey_sizes(cut).ok()) << cut.size();
  });
  for_each_flip(file, [](base::ByteView changed) {
    if (const auto key = read_zkey(changed, PointChecks::curve)) {
      const auto again = read_zkey(write_zkey(*key), PointChecks::curve);
      EXPECT_TRUE(again.ok() && equal(*again, *key));
    }
  });
}

}  // namespace
}  // namespace zkp::prover::iden3
