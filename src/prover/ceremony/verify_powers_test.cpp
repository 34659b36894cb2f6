#include "prover/ceremony/verify_powers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "prover/ceremony/testing.h"
#include "prover/curve/testing_points.h"

namespace zkp::prover::ceremony {
namespace {

Bytes with_beacon() { return test_file("../../ceremony/testdata/beacon.ptau"); }

std::string verdict(const Bytes& ptau) {
  const auto report = verify_powers(ptau, test_options());
  return report ? "valid" : report.error().message;
}

// Where a section begins, and its size.
struct Place {
  std::size_t begin, size;
};
Place section_of(const Bytes& file, std::uint32_t id) {
  for (std::size_t at = 12; at < file.size();) {
    const auto size = base::load_le<std::uint64_t>(&file[at + 4]);
    if (base::load_le<std::uint32_t>(&file[at]) == id) return {at + 12, size};
    at += 12 + size;
  }
  ADD_FAILURE() << "no section " << id;
  return {};
}

// Where a contribution of section 7 has what; the first one's name is "one".
constexpr std::size_t kTauG1 = 0, kTauG2 = 64, kAlphaG1 = 192, kBetaG1 = 256, kBetaG2 = 320,
                      kProofsG1 = 448, kProofsG2 = kProofsG1 + 6 * 64, kSaved = kProofsG2 + 3 * 128,
                      kNext = kSaved + 216, kType = kNext + 64, kFirstBytes = kType + 8 + 5;

TEST(VerifyPowers, AcceptsCeremoniesOfSnarkjs) {
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    base::SystemRandom random;
    const auto prepared = verify_powers(test_file("product.ptau"), {*choice.kernels, random});
    ASSERT_TRUE(prepared.ok()) << prepared.error().message;
    EXPECT_TRUE(prepared->is_prepared);
    EXPECT_EQ(prepared->contributions.size(), 1U);
    const auto closed = verify_powers(with_beacon(), {*choice.kernels, random});
    ASSERT_TRUE(closed.ok()) << closed.error().message;
    EXPECT_FALSE(closed->is_prepared);
    ASSERT_EQ(closed->contributions.size(), 2U);
    EXPECT_EQ(closed->contributions[1].parameters.beacon->value.size(), 16U);
    EXPECT_EQ(closed->next_challenge, closed->contributions[1].next_challenge);
  }
}

TEST(VerifyPowers, RefusesASectionThatIsNoSequenceOfPowers) {
  for (const std::uint32_t id : {2U, 3U, 4U, 5U}) {
    Bytes file = test_file("product.ptau");
    const Place place = section_of(file, id);
    const std::size_t end = place.begin + place.size;
    if (id == 3) {
      put(file, end - 128, -get<G2Affine>(file, end - 128));
    } else {
      put(file, end - 64, -get<G1Affine>(file, end - 64));
    }
    EXPECT_EQ(verdict(file),
              fmt::format("ptau: section {} is not a sequence of powers of tau", id));
    file = test_file("product.ptau");
    file[place.begin] ^= 1;
    EXPECT_EQ(verdict(file), fmt::format("ptau: section {}[0] is not on its curve", id));
  }
}

TEST(VerifyPowers, RefusesASectionThatBeginsOtherwise) {
  for (const std::uint32_t id : {2U, 4U, 5U}) {  // still powers of tau, from minus one on
    Bytes file = test_file("product.ptau");
    const Place place = section_of(file, id);
    for (std::size_t i = 0; i < place.size; i += 64) {
      put(file, place.begin + i, -get<G1Affine>(file, place.begin + i));
    }
    EXPECT_EQ(verdict(file),
              fmt::format("ptau: section {} does not begin as the last contribution says", id));
  }
  Bytes file = test_file("product.ptau");
  put(file, section_of(file, 6).begin, curve::g2_generator());
  EXPECT_EQ(verdict(file), "ptau: section 6 is not the last contribution's beta");
}

TEST(VerifyPowers, RefusesAPointOutsideItsSubgroup) {
  base::SeededRandom random(1);
  for (const std::uint32_t id : {3U, 13U}) {
    Bytes file = test_file("product.ptau");
    put(file, section_of(file, id).begin + 128, curve::curve_point(random));
    EXPECT_EQ(verdict(file), fmt::format("ptau: section {}[1] is not in its subgroup", id));
  }
}

TEST(VerifyPowers, RefusesOtherLagrangeBases) {
  for (const std::uint32_t id : {12U, 13U, 14U, 15U}) {
    const Bytes file = test_file("product.ptau");
    const Place place = section_of(file, id);
    const std::size_t size = id == 13 ? 128 : 64;
    for (std::size_t at = place.begin; at < place.begin + place.size; at += size) {
      Bytes changed = file;
      if (id == 13) {
        put(changed, at, -get<G2Affine>(file, at));
      } else {
        put(changed, at, -get<G1Affine>(file, at));
      }
      EXPECT_EQ(verdict(changed), fmt::format("ptau: section {} is not the Lagrange bases of "
                                              "section {}",
                                              id, id - 10));
    }
  }
}

TEST(VerifyPowers, RefusesATamperedContribution) {
  const Bytes file = with_beacon();
  const std::size_t first = section_of(file, 7).begin + 4;
  const auto with = [&](std::size_t place, const auto& value) {
    Bytes changed = file;
    put(changed, first + place, value);
    return verdict(changed);
  };
  const std::string who = "ptau: contribution 1: ";
  const G1Affine g1 = -curve::g1_generator();
  const G2Affine g2 = -curve::g2_generator();
  const std::string wrong_proof = who + "the proof that its maker knew the secret of ";
  EXPECT_EQ(with(kProofsG1, g1), wrong_proof + "tau is wrong");
  EXPECT_EQ(with(kProofsG1 + 3 * 64, g1), wrong_proof + "alpha is wrong");
  EXPECT_EQ(with(kProofsG2 + 2 * 128, g2), wrong_proof + "beta is wrong");
  const std::string not_multiplied = " was not multiplied by the secret of the proof";
  EXPECT_EQ(with(kTauG1, g1), who + "tau in G1" + not_multiplied);
  EXPECT_EQ(with(kTauG2, g2), who + "tau in G2" + not_multiplied);
  EXPECT_EQ(with(kAlphaG1, g1), who + "alpha in G1" + not_multiplied);
  EXPECT_EQ(with(kBetaG1, g1), who + "beta in G1" + not_multiplied);
  EXPECT_EQ(with(kBetaG2, g2), who + "beta in G2" + not_multiplied);
  EXPECT_EQ(with(kNext, std::uint64_t{1}),  // the next one begins with it
            "ptau: contribution 2: its proofs are not those of its beacon");
  EXPECT_EQ(with(kSaved + 200, std::uint64_t{129}),
            "ptau: section 7: contribution 1 has no saved hash");
}

TEST(VerifyPowers, RefusesAnotherResponseOrChallengeOfTheLastOne) {
  const Bytes file = with_beacon();
  const std::size_t last = section_of(file, 7).begin + 4 + kFirstBytes;
  const char* const want =
      "ptau: the next challenge of the last contribution is not that of the points";
  for (const std::size_t place : {kSaved + 130, kNext}) {
    Bytes changed = file;
    changed[last + place] ^= 1;
    EXPECT_EQ(verdict(changed), want);
  }
}

TEST(VerifyPowers, RefusesContributionsInAnotherOrderOrLeftOut) {
  Bytes file = with_beacon();
  const Place place = section_of(file, 7);
  const auto first = file.begin() + static_cast<std::ptrdiff_t>(place.begin + 4);
  const auto end = file.begin() + static_cast<std::ptrdiff_t>(place.begin + place.size);
  std::rotate(first, first + kFirstBytes, end);
  EXPECT_EQ(verdict(file), "ptau: contribution 1: its proofs are not those of its beacon");
  file = with_beacon();
  file[place.begin] = 1;
  EXPECT_TRUE(verdict(file).starts_with("ptau: section 7 has ")) << verdict(file);
}

TEST(VerifyPowers, RefusesPowersThatEverybodyKnows) {
  Bytes file = with_beacon();  // section 7 is the last one
  const Place place = section_of(file, 7);
  file.resize(place.begin + 4);
  file[place.begin] = 0;
  base::store_le(&file[place.begin - 8], std::uint64_t{4});
  EXPECT_EQ(verdict(file),
            "ptau: there is no contribution, so everybody knows the secret of these powers");
}

TEST(VerifyPowers, RefusesASizeThatCannotBe) {
  Bytes file = with_beacon();
  const std::size_t power = section_of(file, 1).begin + 36;
  file[power + 4] = 1;  // of the whole ceremony: less than what is there
  EXPECT_EQ(verdict(file),
            "ptau: 2^2 powers of a ceremony of 2^1, want from 2^1 on, and not more than 2^28");
  file[power + 4] = 29;
  EXPECT_EQ(verdict(file),
            "ptau: 2^2 powers of a ceremony of 2^29, want from 2^1 on, and not more than 2^28");
}

TEST(VerifyPowers, IsCancelled) {
  std::stop_source source;
  source.request_stop();
  groth16::SetupOptions options = test_options();
  options.stop = source.get_token();
  const auto report = verify_powers(test_file("product.ptau"), options);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace zkp::prover::ceremony
