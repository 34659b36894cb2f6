#include "prover/ceremony/chacha.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zkp::prover::ceremony {
namespace {

using curve::Fq;

ChaCha of_counting_bytes() {
  std::array<std::uint8_t, ChaCha::kSeedBytes> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  return ChaCha(seed);
}

Fq fq(const char* decimal) { return Fq::from_decimal(decimal).value(); }

// Of ffjavascript 0.2.63, whose ChaCha was given the words 0x00010203, 0x04050607 ...
TEST(ChaCha, GivesTheWordsOfFfjavascript) {
  ChaCha generator = of_counting_bytes();
  std::vector<std::uint32_t> words(20);
  for (std::uint32_t& word : words) word = generator.next_u32();
  EXPECT_THAT(words,
              testing::ElementsAre(0x6c40c0b5, 0x8058281, 0xe830f92a, 0x102ec0de, 0x44f9fba7,
                                   0x5c179c02, 0xa1237f2d, 0xfeb9cf49, 0x6a3fb27b, 0x540108a6,
                                   0x3ea9a768, 0x69576b50, 0x1df7b5e1, 0xfd66fa7f, 0xa611516a,
                                   0xa1bbbb27, 0x8bd33d25, 0x59c6c496, 0xd7a01772, 0xb17eadbc));
}

TEST(ChaCha, DrawsWhatFfjavascriptDraws) {
  ChaCha generator = of_counting_bytes();
  EXPECT_EQ(generator.draw_scalar().to_decimal(),
            "4636623908613268458230351899306533327531125513431735265008719731024662760066");
  const curve::G1Affine g1 = {
      fq("4283162802782358568160556894970654461307650178484095117365566211483040286183"),
      fq("16200305155417153706959141901242065816972046826484533799317911452111001916988")};
  EXPECT_EQ(generator.draw_g1(), g1);
  const curve::G2Affine g2 = {
      {fq("1255120235341089099774262127279297667449860115641817662268169684384902853519"),
       fq("13127215189965143917387863897264868991025249037110387470113965604466533589629")},
      {fq("1859127447478859848333722564802302167795536307049652291266693033713601779805"),
       fq("104641537084136349141628799390771939672143398286301391840597263569815722874")}};
  EXPECT_EQ(generator.draw_g2(), g2);
  EXPECT_TRUE(curve::is_in_subgroup(g2));
}

}  // namespace
}  // namespace zkp::prover::ceremony
