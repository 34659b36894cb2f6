#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using base::Bytes;
using groth16::PowersOfTau;
using groth16::ProvingKey;

std::string error_of(const Bytes& file, std::uint32_t domain_log = 2) {
  const auto powers = read_ptau(file, domain_log);
  return powers ? "none" : powers.error().message;
}

// Where things stand in product.ptau: sections 1, 2 ...
constexpr std::size_t kPower = 12 + 12 + 36;
constexpr std::size_t kTauG1 = 12 + 12 + 44 + 12;

ProvingKey first_key(const Bytes& ptau) {
  const auto system = read_r1cs(test_file("product.r1cs"));
  const auto powers = read_ptau(ptau, 2);
  EXPECT_TRUE(system.ok() && powers.ok());
  base::SeededRandom random(1);
  auto key = groth16::setup_from_powers(*system, *powers, {field::portable_kernels(), random});
  EXPECT_TRUE(key.ok());
  return std::move(key).value();
}

// The bases are right if the key made of them is that of snarkjs.
TEST(Ptau, GivesTheKeyOfSnarkjs) {
  const Bytes ptau = test_file("product.ptau");
  ProvingKey ours = first_key(ptau);
  const auto theirs = read_zkey(test_file("product_0000.zkey"), PointChecks::subgroup);
  ASSERT_TRUE(theirs.ok());
  auto contributions = initial_contributions(ours, ptau);
  ASSERT_TRUE(contributions.ok());
  EXPECT_EQ(*contributions, theirs->contributions);  // the circuit hash
  ours.contributions = std::move(contributions).value();
  EXPECT_EQ(write_zkey(ours), write_zkey(*theirs));
}

TEST(Ptau, IsCutToASmallerDomain) {
  const auto powers = read_ptau(test_file("product.ptau"), 1);
  ASSERT_TRUE(powers.ok()) << powers.error().message;
  EXPECT_EQ(powers->domain_log, 1U);
  const auto whole = read_ptau(test_file("product.ptau"), 2);
  ASSERT_TRUE(whole.ok());
  // The Lagrange basis of 4 points is on the domain of 2: its odd half is H of the smaller one.
  EXPECT_THAT(powers->h,
              testing::ElementsAre(whole->lagrange_tau_g1[1], whole->lagrange_tau_g1[3]));
  EXPECT_EQ(powers->lagrange_tau_g1.size(), 2U);
  EXPECT_EQ(powers->alpha1, whole->alpha1);
  // Any Lagrange basis sums up to the polynomial 1, so these sum up to alpha.
  const auto sum_of = [](const std::vector<curve::G1Affine>& points) {
    curve::G1 sum = curve::G1::infinity();
    for (const auto& point : points) sum = sum + point;
    return sum.to_affine();
  };
  EXPECT_EQ(sum_of(powers->lagrange_alpha_tau_g1), powers->alpha1);
  EXPECT_EQ(sum_of(powers->lagrange_beta_tau_g1), powers->beta1);
  EXPECT_EQ(sum_of(powers->lagrange_tau_g1), curve::g1_generator());
}

TEST(Ptau, RefusesACircuitThatIsTooLarge) {
  EXPECT_EQ(error_of(test_file("product.ptau"), 3),
            "ptau: a ceremony of 2^2, the circuit needs 2^3");
  EXPECT_EQ(error_of(test_file("product.ptau"), 64),
            "ptau: a ceremony of 2^2, the circuit needs 2^64");
}

TEST(Ptau, RefusesAPowerThatTheBytesDoNotBear) {
  Bytes file = test_file("product.ptau");
  file[kPower] = 3;
  EXPECT_EQ(error_of(file), "ptau: section 2 has 448 bytes, want 960");
  file[kPower] = 28;
  EXPECT_EQ(error_of(file), "ptau: section 2 has 448 bytes, want 34359738304");
  file[kPower] = 29;
  EXPECT_EQ(error_of(file), "ptau: a ceremony of 2^29, want at most 2^28");
}

TEST(Ptau, RefusesACeremonyThatIsNotPrepared) {
  const Bytes file = test_file("product.ptau");
  // Section 12 is found by its size, 15 points: an id of 99 hides it.
  Bytes changed = file;
  const Bytes header = {12, 0, 0, 0, 15 * 64 & 0xff, 15 * 64 >> 8, 0, 0};
  const auto found = std::search(changed.begin(), changed.end(), header.begin(), header.end());
  ASSERT_NE(found, changed.end());
  *found = 99;
  EXPECT_EQ(error_of(changed),
            "ptau: section 12 is missing: the ceremony is not prepared for phase 2");
}

TEST(Ptau, RefusesAPointOffItsCurve) {
  Bytes file = test_file("product.ptau");
  const std::size_t last = file.size() - 64;  // of section 15
  file[last] ^= 1;
  EXPECT_EQ(error_of(file), "ptau: section 15[3] is not on its curve");
  EXPECT_EQ(error_of(file, 1), "none");  // what is not needed is not read
}

TEST(CircuitHash, IsTakenBeforeAnyContribution) {
  const auto key = read_zkey(test_file("product.zkey"), PointChecks::none);
  ASSERT_TRUE(key.ok());
  const auto contributions = initial_contributions(*key, test_file("product.ptau"));
  ASSERT_FALSE(contributions.ok());
  EXPECT_EQ(contributions.error().code, base::ErrorCode::failed_precondition);
}

TEST(CircuitHash, DependsOnEveryPartOfTheKey) {
  const Bytes ptau = test_file("product.ptau");
  const ProvingKey key = first_key(ptau);
  const Bytes hash = *initial_contributions(key, ptau);
  EXPECT_EQ(hash.size(), 68U);
  const curve::G1Affine other = -curve::g1_generator();
  const std::vector<std::function<void(ProvingKey&)>> changes = {
      [&](ProvingKey& k) { k.verifying.alpha1 = other; },
      [&](ProvingKey& k) { k.beta1 = other; },
      [&](ProvingKey& k) { k.verifying.beta2 = -k.verifying.beta2; },
      [&](ProvingKey& k) { k.verifying.gamma2 = -k.verifying.gamma2; },
      [&](ProvingKey& k) { k.verifying.delta2 = -k.verifying.delta2; },
      [&](ProvingKey& k) { k.verifying.ic.back() = other; },
      [&](ProvingKey& k) { k.a.back() = other; },
      [&](ProvingKey& k) { k.b1.back() = other; },
      [&](ProvingKey& k) { k.b2.back() = curve::g2_generator(); },
      [&](ProvingKey& k) { k.c.back() = other; }};
  for (const auto& change : changes) {
    ProvingKey changed = key;
    change(changed);
    EXPECT_NE(*initial_contributions(changed, ptau), hash);
  }
  Bytes other_tau = ptau;
  other_tau[kTauG1 + 6 * 64] ^= 1;  // x of tau^6 G1, the last power
  EXPECT_NE(*initial_contributions(key, other_tau), hash);
  ProvingKey changed = key;
  changed.h.back() = other;
  EXPECT_NE(initial_contributions(changed), initial_contributions(key));
}

// The subgroup checks take their time: every seventh byte, which is each place of a word in turn.
TEST(Ptau, SurvivesDamage) {
  const Bytes file = test_file("product.ptau");
  for_each_truncation(
      file, [](base::ByteView cut) { EXPECT_FALSE(read_ptau(cut, 2).ok()) << cut.size(); });
  Bytes changed = file;
  for (std::size_t i = 0; i < file.size(); i += 7) {
    changed[i] ^= 0x80;
    const auto powers = read_ptau(changed, 0);
    EXPECT_TRUE(!powers.ok() || powers->h.size() == 1);
    changed[i] = file[i];
  }
}

}  // namespace
}  // namespace zkp::prover::iden3
