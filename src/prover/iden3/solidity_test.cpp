#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using testing::HasSubstr;
using testing::Not;

groth16::VerifyingKey product_key() {
  auto key = read_zkey_verifying_key(test_file("product.zkey"));
  EXPECT_TRUE(key.ok());
  return std::move(key).value();
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// The numbers of a store_pair(), as the contract has them.
std::string numbers(const field::Fq& first, const field::Fq& second) {
  return fmt::format("{},\n                    {}\n", first.to_decimal(), second.to_decimal());
}

TEST(Solidity, HoldsTheKeyWithImaginaryPartsFirst) {
  const groth16::VerifyingKey key = product_key();
  const std::string text = write_solidity_verifier(key);
  for (const auto* point : {&key.beta2, &key.gamma2, &key.delta2}) {
    EXPECT_THAT(text, HasSubstr(numbers(point->x.c1, point->x.c0)));
    EXPECT_THAT(text, HasSubstr(numbers(point->y.c1, point->y.c0)));
  }
  EXPECT_THAT(text, HasSubstr(numbers(key.alpha1.x, key.alpha1.y)));
  EXPECT_THAT(text, HasSubstr(numbers(key.ic[0].x, key.ic[0].y)));
  EXPECT_THAT(text, HasSubstr(key.ic[1].x.to_decimal()));
}

TEST(Solidity, ChecksEverySignalAgainstTheGroupsOrder) {
  groth16::VerifyingKey key = product_key();
  key.ic.resize(41, key.ic[1]);
  const std::string text = write_solidity_verifier(key);
  EXPECT_THAT(text, HasSubstr("uint256[40] calldata signals"));
  std::string order = (-field::Fr::one()).to_decimal();
  ++order.back();  // it ends in 6
  EXPECT_THAT(text, HasSubstr("R =\n        " + order + ";"));
  EXPECT_THAT(text, HasSubstr("lt(i, 1280)"));
  EXPECT_THAT(text, HasSubstr("lt(calldataload(add(signals, i)), R)"));
  EXPECT_EQ(count_of(text, "add_term("), 41U);  // one is the function itself
  EXPECT_THAT(text, HasSubstr("calldataload(add(signals, 1248))"));
}

TEST(Solidity, ACircuitWithoutPublicSignalsHasNoSuchArgument) {
  groth16::VerifyingKey key = product_key();
  key.ic.resize(1);
  const std::string text = write_solidity_verifier(key);
  EXPECT_THAT(text, HasSubstr("calldata c\n    ) public"));
  EXPECT_THAT(text, Not(HasSubstr("(signals,")));
}

TEST(Solidity, TheCalldataIsThatOfSnarkjs) {
  const auto proof = read_proof_json(test_text("proof.json"));
  const auto signals = read_public_json(test_text("public.json"));
  ASSERT_TRUE(proof.ok() && signals.ok());
  // Its command line ends the line.
  EXPECT_EQ(write_solidity_calldata(*proof, *signals) + "\n", test_text("calldata.txt"));
}

TEST(Solidity, TheCalldataSeparatesSignalsByCommas) {
  const std::vector<field::Fr> signals = {field::Fr::from_u64(1), field::Fr::from_u64(255)};
  EXPECT_THAT(
      write_solidity_calldata({}, signals),
      testing::EndsWith("[\"0x0000000000000000000000000000000000000000000000000000000000000001\","
                        "\"0x00000000000000000000000000000000000000000000000000000000000000ff\"]"));
  EXPECT_THAT(write_solidity_calldata({}, {}), testing::EndsWith(",[]"));
}

}  // namespace
}  // namespace zkp::prover::iden3
