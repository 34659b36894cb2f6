#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using base::Bytes;
using field::Fr;
using field::Limbs;

constexpr std::size_t kValues = 12 + 12 + 40 + 12;  // where the values begin

std::string error_of(const Bytes& file) {
  const auto witness = read_wtns(file);
  return witness ? "none" : witness.error().message;
}

TEST(Wtns, ReadsWhatSnarkjsWrote) {
  const auto witness = read_wtns(test_file("product.wtns"));
  ASSERT_TRUE(witness.ok()) << witness.error().message;
  // 1, z = (5 * 7) * 5 + 3, x, y, the product
  EXPECT_THAT(witness->reveal(),
              testing::ElementsAre(Limbs{1, 0, 0, 0}, Limbs{178, 0, 0, 0}, Limbs{5, 0, 0, 0},
                                   Limbs{7, 0, 0, 0}, Limbs{35, 0, 0, 0}));
}

TEST(Wtns, WritesTheSameBytesAsSnarkjs) {
  const Bytes file = test_file("product.wtns");
  const auto witness = read_wtns(file);
  ASSERT_TRUE(witness.ok());
  EXPECT_THAT(write_wtns(*witness).reveal(), testing::ElementsAreArray(file));
}

TEST(Wtns, AnyWitnessComesBack) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::SeededRandom random(seed);
    circuit::Witness witness(*rc::gen::inRange<std::size_t>(0, 20));
    for (Limbs& value : witness.reveal_mutable()) value = Fr::random(random).to_standard();
    const auto back = read_wtns(write_wtns(witness).reveal());
    RC_ASSERT(back.ok());
    RC_ASSERT(std::ranges::equal(back->reveal(), witness.reveal()));
  }));
}

TEST(Wtns, RefusesAValueThatIsNotReducedWithoutShowingIt) {
  Bytes file = test_file("product.wtns");
  std::memcpy(&file[kValues + 2 * sizeof(Limbs)], Fr::kModulus.data(), sizeof(Limbs));
  EXPECT_EQ(error_of(file), "wtns: value 2 is not below the prime");
  file[kValues + 2 * sizeof(Limbs)] -= 1;
  EXPECT_EQ(error_of(file), "none");
}

TEST(Wtns, RefusesACountThatTheBytesDoNotBear) {
  Bytes file = test_file("product.wtns");
  file[60] = 6;
  EXPECT_EQ(error_of(file), "wtns: section 2 has 160 bytes, want 192");
  file[63] = 0xff;
  EXPECT_EQ(error_of(file), "wtns: section 2 has 160 bytes, want 136902082752");
}

TEST(Wtns, RefusesAnotherField) {
  Bytes file = test_file("product.wtns");
  file[28] ^= 1;
  EXPECT_EQ(error_of(file), "wtns: the prime is not that of BN254 (bn128)");
}

TEST(Wtns, SurvivesDamage) {
  const Bytes file = test_file("product.wtns");
  for_each_truncation(file,
                      [](base::ByteView cut) { EXPECT_FALSE(read_wtns(cut).ok()) << cut.size(); });
  for_each_flip(file, [](base::ByteView changed) {
    if (const auto witness = read_wtns(changed)) {
      EXPECT_THAT(write_wtns(*witness).reveal(), testing::ElementsAreArray(changed));
    }
  });
}

}  // namespace
}  // namespace zkp::prover::iden3
