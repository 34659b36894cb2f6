#include "prover/ceremony/contribute.h"

#include <gtest/gtest.h>

#include "prover/ceremony/testing.h"
#include "prover/ceremony/verify_key.h"
#include "prover/curve/scale.h"
#include "prover/curve/testing_points.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/atomic_file.h"

namespace zkp::prover::ceremony {
namespace {

using curve::Fr;
namespace at = product_zkey;

Parameters beacon_of_product() {
  Beacon beacon{{}, 10};
  for (std::uint8_t i = 1; i < 32; ++i) beacon.value.push_back(i);
  return {.name = "last", .beacon = std::move(beacon)};
}

// product.zkey before its last contribution, a beacon: its secret is known, so it can be undone.
Bytes without_beacon() {
  const Bytes file = test_file("product.zkey");
  auto key = iden3::read_zkey(file, iden3::PointChecks::subgroup).value();
  const Fr secret = generator_of(*beacon_of_product().beacon, {}).value().draw_scalar();
  EXPECT_TRUE(curve::scale(key.c, secret, field::portable_kernels()).ok());
  EXPECT_TRUE(curve::scale(key.h, secret, field::portable_kernels()).ok());
  key.delta1 = get<G1Affine>(file, at::kFirst);
  key.verifying.delta2 =
      (curve::G2::from_affine(key.verifying.delta2) * secret.inverse()).to_affine();
  key.contributions.resize(64 + 4 + at::kFirstBytes);
  key.contributions[64] = 1;
  return iden3::write_zkey(key);
}

std::string error_of(const Bytes& zkey, const Parameters& parameters = {},
                     std::stop_token stop = {}) {
  const ScratchFile out;
  base::SystemRandom random;
  ChaCha generator = generator_of(random, "");
  groth16::SetupOptions options = test_options();
  options.stop = std::move(stop);
  const auto made = contribute(zkey, generator, parameters, out.path(), options);
  EXPECT_FALSE(std::filesystem::exists(out.path()));
  return made ? "none" : made.error().message;
}

TEST(Contribute, ABeaconGivesTheKeyOfSnarkjs) {
  const Bytes before = without_beacon();
  const Parameters parameters = beacon_of_product();
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    const ScratchFile out;
    ChaCha generator = generator_of(*parameters.beacon, {}).value();
    base::SystemRandom random;
    const auto made = contribute(before, generator, parameters, out.path(),
                                 {.kernels = *choice.kernels, .random = random});
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_EQ(out.bytes(), test_file("product.zkey")) << choice.kernels->name;
  }
}

TEST(Contribute, LeavesAKeyThatProves) {
  const Bytes zkey = contributed(contributed(test_file("product_0000.zkey")));
  const auto key = iden3::read_zkey(zkey, iden3::PointChecks::subgroup);
  ASSERT_TRUE(key.ok()) << key.error().message;
  const auto witness = iden3::read_wtns(test_file("product.wtns"));
  ASSERT_TRUE(witness.ok());
  base::SystemRandom random;
  const auto proof =
      groth16::prove(*key, *witness, {.kernels = field::portable_kernels(), .random = random});
  ASSERT_TRUE(proof.ok());
  const auto signals = groth16::public_signals_of(*key, *witness);
  EXPECT_TRUE(groth16::verify(key->verifying, *signals, *proof).valid);
}

TEST(Contribute, TellsTheHashThatTheKeyHas) {
  const ScratchFile out;
  base::SeededRandom random(1);
  ChaCha generator = generator_of(random, "");
  const auto made =
      contribute(test_file("product.zkey"), generator, {.name = "Zoë"}, out.path(), test_options());
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto chain = verify_contributions(out.bytes(), {});
  ASSERT_TRUE(chain.ok()) << chain.error().message;
  ASSERT_EQ(chain->list.size(), 3U);
  EXPECT_EQ(hash_of(chain->list.back()), made->contribution_hash);
  EXPECT_EQ(chain->circuit_hash, made->circuit_hash);
  EXPECT_EQ(chain->list.back().parameters.name, "Zoë");
}

TEST(Contribute, MayWriteOverTheKeyItReads) {
  const ScratchFile file;
  ASSERT_TRUE(iden3::write_file_atomically(file.path(), test_file("product.zkey")).ok());
  const auto mapped = iden3::MappedFile::open(file.path());
  ASSERT_TRUE(mapped.ok());
  base::SystemRandom random;
  ChaCha generator = generator_of(random, "");
  ASSERT_TRUE(contribute(mapped->bytes(), generator, {}, file.path(), test_options()).ok());
  EXPECT_EQ(verify_contributions(file.bytes(), {}).value().list.size(), 3U);
}

// A point off its curve or subgroup would give something of the secret away.
TEST(Contribute, RefusesPointsThatAreNotInTheirGroup) {
  const Bytes file = test_file("product.zkey");
  Bytes changed = file;
  changed[at::kC + 64] ^= 1;
  EXPECT_EQ(error_of(changed), "zkey: points of C[1] is not on its curve");
  changed = file;
  changed[at::kH + 64] ^= 1;
  EXPECT_EQ(error_of(changed), "zkey: points of H[1] is not on its curve");
  base::SeededRandom random(1);
  changed = file;
  put(changed, at::kDelta2, curve::curve_point(random));
  EXPECT_EQ(error_of(changed), "zkey: delta2 is not in its subgroup");
}

TEST(Contribute, RefusesAKeyOfNoCeremony) {
  Bytes changed = test_file("product_0000.zkey");
  put(changed, at::kDelta1, -curve::g1_generator());
  EXPECT_EQ(error_of(changed),
            "zkey: delta is not the generator, but there is no contribution: this is a development "
            "key, or damaged");
  changed = test_file("product.zkey");
  put(changed, at::kDelta1, -curve::g1_generator());
  EXPECT_EQ(error_of(changed), "zkey: delta is not that of the last contribution");
}

TEST(Contribute, RefusesANameThatDoesNotFit) {
  EXPECT_EQ(error_of(test_file("product.zkey"), {.name = std::string(65, 'x')}),
            "a name of 65 characters, want at most 64");
}

TEST(Contribute, LeavesNothingBehindWhenItIsCancelled) {
  const auto count = [] {
    const auto files = std::filesystem::directory_iterator(testing::TempDir());
    return std::count_if(begin(files), end(files), [](const auto& entry) {
      return entry.path().filename().string().starts_with(".zkp_ceremony_");
    });
  };
  const auto before = count();
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(error_of(test_file("product.zkey"), {}, source.get_token()),
            "multiplication of points: cancelled");
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace zkp::prover::ceremony
