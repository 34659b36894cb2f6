#include "prover/ceremony/verify_key.h"

#include <gtest/gtest.h>

#include "prover/ceremony/testing.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::ceremony {
namespace {

using curve::Fr;
using curve::G1;
using curve::G2;
namespace at = product_zkey;

circuit::ConstraintSystem product() { return iden3::read_r1cs(test_file("product.r1cs")).value(); }

std::string verdict(const Bytes& zkey, const Bytes& ptau = test_file("product.ptau"),
                    const circuit::ConstraintSystem& system = product()) {
  const auto result = verify_key(system, ptau, zkey, test_options());
  return result ? "valid" : result.error().message;
}

// product.zkey with something else at one place.
template <class Point>
std::string verdict_with(std::size_t place, const Point& point) {
  Bytes file = test_file("product.zkey");
  put(file, place, point);
  return verdict(file);
}

const G1Affine& other_g1() { return curve::g1_generator(); }
const G2Affine& other_g2() { return curve::g2_generator(); }

TEST(VerifyKey, AcceptsACeremonyOfSnarkjs) {
  const auto result =
      verify_key(product(), test_file("product.ptau"), test_file("product.zkey"), test_options());
  ASSERT_TRUE(result.ok()) << result.error().message;
  ASSERT_EQ(result->list.size(), 2U);
  EXPECT_EQ(result->list[0].parameters.name, "one");
  EXPECT_EQ(result->list[1].parameters.name, "last");
  EXPECT_EQ(result->list[1].parameters.beacon->iterations_log, 10);
}

TEST(VerifyKey, AcceptsOurContributions) {
  EXPECT_EQ(verdict(contributed(contributed(test_file("product_0000.zkey")))), "valid");
  EXPECT_EQ(verdict(contributed(test_file("product.zkey"), {.name = "x"})), "valid");
}

TEST(VerifyKey, RefusesAKeyWithoutContributions) {
  EXPECT_EQ(verdict(test_file("product_0000.zkey")),
            "zkey: there is no contribution, so anyone can forge proofs with this key");
}

TEST(VerifyKey, RefusesATamperedContribution) {
  EXPECT_EQ(verdict_with(at::kProofG2, other_g2()),
            "zkey: contribution 1: the proof that its maker knew the secret is wrong");
  EXPECT_EQ(verdict_with(at::kFirst, other_g1()),
            "zkey: contribution 1: delta was not multiplied by the secret of the proof");
  for (const std::size_t place : {at::kS, at::kXs}) {
    EXPECT_EQ(verdict_with(place, other_g1()),
              "zkey: contribution 1: its transcript is not that of the contributions before it");
  }
  EXPECT_EQ(verdict_with(at::kTranscript, std::uint64_t{1}),
            "zkey: contribution 1: its transcript is not that of the contributions before it");
  EXPECT_EQ(verdict_with(at::kContributions, std::uint64_t{1}),  // the circuit hash
            "zkey: contribution 1: its transcript is not that of the contributions before it");
}

TEST(VerifyKey, RefusesInfinityAndPointsOutsideTheGroups) {
  EXPECT_EQ(verdict_with(at::kProofG2, G2Affine::infinity()),
            "zkey: contribution 1: the proof that its maker knew the secret is wrong");
  EXPECT_EQ(verdict_with(at::kFirst, G1Affine::infinity()),
            "zkey: contribution 1: delta was not multiplied by the secret of the proof");
  base::SeededRandom random(1);
  EXPECT_EQ(verdict_with(at::kProofG2, curve::curve_point(random)),
            "zkey: section 10: contribution 1: the point of G2 is not in its subgroup");
  EXPECT_EQ(verdict_with(at::kDelta2, curve::curve_point(random)),
            "zkey: delta2 is not in its subgroup");
}

TEST(VerifyKey, RefusesContributionsInAnotherOrder) {
  Bytes file = test_file("product.zkey");
  const auto first = file.begin() + at::kFirst;
  std::rotate(first, first + at::kFirstBytes, file.end());
  EXPECT_EQ(verdict(file),
            "zkey: contribution 1: its transcript is not that of the contributions before it");
}

TEST(VerifyKey, RefusesAnotherBeacon) {
  Bytes file = test_file("product.zkey");
  file.back() ^= 1;  // of the beacon's value
  EXPECT_EQ(verdict(file), "zkey: contribution 2: its points are not those of its beacon");
}

TEST(VerifyKey, RefusesAnotherDelta) {
  EXPECT_EQ(verdict_with(at::kDelta1, -other_g1()),
            "zkey: delta1 is not that of the last contribution");
  EXPECT_EQ(verdict_with(at::kDelta2, -other_g2()),
            "zkey: delta2 is not the same multiple of its generator as delta1");
  // Of another ceremony, in itself consistent.
  const Bytes other = contributed(test_file("product.zkey"));
  Bytes file = test_file("product.zkey");
  std::copy_n(other.begin() + at::kDelta1, 64 + 128, file.begin() + at::kDelta1);
  EXPECT_EQ(verdict(file), "zkey: delta1 is not that of the last contribution");
}

// Adds a contribution of this secret, without dividing C and H.
Bytes with_secret(const Bytes& zkey, const Fr& secret) {
  const auto layout = iden3::ZkeyLayout::parse(zkey).value();
  const KeyContributions past = read_key_contributions(layout).value();
  KeyTranscript transcript(past.circuit_hash);
  for (const KeyContribution& contribution : past.list) transcript.add(contribution);
  const auto delta1 = get<G1Affine>(zkey, at::kDelta1);
  const auto delta2 = get<G2Affine>(zkey, at::kDelta2);
  KeyContribution made;
  made.delta_after = (G1::from_affine(delta1) * secret).to_affine();
  made.proof_g1 = {other_g1(), (G1::from_affine(other_g1()) * secret).to_affine()};
  made.transcript = transcript.next(made.proof_g1);
  made.proof_g2 = (G2::from_affine(hash_to_g2(made.transcript)) * secret).to_affine();
  auto key = iden3::read_zkey(zkey, iden3::PointChecks::subgroup).value();
  key.delta1 = made.delta_after;
  key.verifying.delta2 = (G2::from_affine(delta2) * secret).to_affine();
  ++key.contributions[64];
  append_key_contribution(key.contributions, made);
  return iden3::write_zkey(key);
}

TEST(VerifyKey, RefusesADeltaThatEverybodyKnows) {
  const Fr secret = Fr::from_u64(7);
  const Bytes once = with_secret(test_file("product_0000.zkey"), secret);
  ASSERT_TRUE(verify_contributions(once, {}).ok());
  const Bytes undone = with_secret(once, secret.inverse());
  const char* const want =
      "zkey: delta is the generator or gamma, so anyone can forge proofs with this key";
  EXPECT_EQ(verdict(undone), want);
  const auto delta2 = get<G2Affine>(test_file("product.zkey"), at::kDelta2);
  EXPECT_EQ(verdict_with(at::kGamma2, delta2), want);
}

TEST(VerifyKey, RefusesPointsThatWereNotDivided) {
  const Bytes undivided = with_secret(test_file("product_0000.zkey"), Fr::from_u64(7));
  EXPECT_EQ(verdict(undivided),
            "zkey: a point of C is not that of the circuit and the powers, divided by delta");
  const Bytes file = contributed(test_file("product_0000.zkey"));
  const auto initial =
      iden3::read_zkey(test_file("product_0000.zkey"), iden3::PointChecks::subgroup).value();
  for (const std::size_t i : {0U, 1U, 3U}) {
    Bytes changed = file;
    put(changed, at::kH + 64 * i, initial.h[i]);
    EXPECT_EQ(verdict(changed), "zkey: a point of H is not that of the powers, divided by delta");
  }
}

TEST(VerifyKey, RefusesAPointOfCThatWasNotDivided) {
  Bytes file = contributed(test_file("product_0000.zkey"));
  put(file, at::kC + 64, -get<G1Affine>(file, at::kC + 64));
  EXPECT_EQ(verdict(file),
            "zkey: a point of C is not that of the circuit and the powers, divided by delta");
}

TEST(VerifyKey, RefusesWhatTheCircuitAndThePowersDoNotGive) {
  EXPECT_EQ(verdict_with(at::kAlpha1, other_g1()), "zkey: alpha1 is not that of the powers");
  EXPECT_EQ(verdict_with(at::kBeta2, other_g2()), "zkey: beta2 is not that of the powers");
  EXPECT_EQ(verdict_with(at::kGamma2, -other_g2()), "zkey: gamma2 is not that of the powers");
  const std::string rest = " is not what the circuit and the powers give";
  EXPECT_EQ(verdict_with(at::kIc + 64, other_g1()), "zkey: IC[1]" + rest);
  EXPECT_EQ(verdict_with(at::kA + 128, other_g1()), "zkey: A[2]" + rest);
  EXPECT_EQ(verdict_with(at::kB1 + 192, other_g1()), "zkey: B1[3]" + rest);
  EXPECT_EQ(verdict_with(at::kB2 + 384, other_g2()), "zkey: B2[3]" + rest);
  EXPECT_EQ(verdict_with(at::kCoefficients + 4 + 44 + 12, std::uint64_t{1}),
            "zkey: the coefficients[1]" + rest);
}

// The chain holds from a wrong hash on.
TEST(VerifyKey, RefusesTheHashOfAnotherCircuit) {
  Bytes file = test_file("product_0000.zkey");
  file[at::kContributions] ^= 1;
  EXPECT_EQ(verdict(contributed(file)),
            "zkey: the circuit hash is not that of the circuit and the powers");
}

TEST(VerifyKey, RefusesAnotherCircuit) {
  circuit::ConstraintSystem other = product();
  other.a.terms[0].coefficient += Fr::one();
  EXPECT_EQ(verdict(test_file("product.zkey"), test_file("product.ptau"), other).substr(0, 6),
            "zkey: ");
  other = product();
  ++other.wire_count;
  EXPECT_EQ(verdict(test_file("product.zkey"), test_file("product.ptau"), other),
            "zkey: another circuit: 5 wires, 1 public signals and a domain of 2^2, want 6, 1 and "
            "2^2");
  other = product();
  other.c.terms[0].coefficient += Fr::one();  // C is in no other section than IC and C
  EXPECT_NE(verdict(test_file("product.zkey"), test_file("product.ptau"), other), "valid");
}

// product.ptau: sections 4 and 5, 14 and 15 hold alpha and beta; swapped they are powers, too.
TEST(VerifyKey, RefusesOtherPowers) {
  Bytes ptau = test_file("product.ptau");
  std::swap_ranges(ptau.begin() + 1064, ptau.begin() + 1064 + 256, ptau.begin() + 1332);
  std::swap_ranges(ptau.begin() + 5145, ptau.begin() + 5145 + 448, ptau.begin() + 5605);
  EXPECT_EQ(verdict(test_file("product.zkey"), ptau), "zkey: alpha1 is not that of the powers");
  ptau = test_file("product.ptau");
  put(ptau, 80 + 5 * 64, other_g1());  // tau^5 is in the circuit hash, and H is held against it
  EXPECT_EQ(verdict(test_file("product.zkey"), ptau),
            "zkey: the circuit hash is not that of the circuit and the powers");
}

// Only names are in no hash.
TEST(VerifyKey, RefusesAnyChangeOfTheContributions) {
  const Bytes file = test_file("product.zkey");
  Bytes changed = file;
  for (std::size_t i = at::kContributions; i < file.size(); i += 7) {
    const std::size_t of_first = i - at::kFirst, of_second = of_first - at::kFirstBytes;
    const auto is_name = [](std::size_t place, std::size_t size) {
      return place >= at::kName && place < at::kName + size;
    };
    if (is_name(of_first, 3) || is_name(of_second, 4)) continue;
    changed[i] = file[i] ^ 1;
    EXPECT_FALSE(verify_contributions(changed, {}).ok()) << i;
    changed[i] = file[i];
  }
}

TEST(VerifyKey, IsCancelled) {
  std::stop_source source;
  source.request_stop();
  const auto result = verify_contributions(test_file("product.zkey"), source.get_token());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace zkp::prover::ceremony
