#include "prover/witness/circom/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/field/field.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;
using field::Fr;
using field::Limbs;
using testing::ElementsAre;

Inputs read(std::string_view json) {
  auto inputs = read_inputs_json(json);
  if (!inputs.ok()) {
    ADD_FAILURE() << inputs.error().message;
    return {};
  }
  return std::move(inputs).value();
}

Error error_of(std::string_view json) {
  const auto inputs = read_inputs_json(json);
  return inputs.ok() ? Error{ErrorCode::internal, "none"} : inputs.error();
}

TEST(Inputs, ReadsNumbersTextsAndListsInRowMajorOrder) {
  const Inputs inputs = read(R"({"a": [[1, "2"], ["0x3", 4]], "b": 5, "c": [], "d": [[[6]]]})");
  ASSERT_EQ(inputs.size(), 4U);
  EXPECT_EQ(inputs[0].name, "a");
  EXPECT_THAT(inputs[0].values.reveal(), ElementsAre(Limbs{1}, Limbs{2}, Limbs{3}, Limbs{4}));
  EXPECT_EQ(inputs[1].name, "b");
  EXPECT_THAT(inputs[1].values.reveal(), ElementsAre(Limbs{5}));
  EXPECT_TRUE(inputs[2].values.empty());
  EXPECT_THAT(inputs[3].values.reveal(), ElementsAre(Limbs{6}));
}

TEST(Inputs, NumbersAreExactWhateverTheirSize) {
  // Beyond 2^53, beyond 2^64, and r - 1.
  const Inputs inputs = read(
      R"({"a": [9007199254740993, 18446744073709551617,
      21888242871839275222246405745257275088548364400416034343698204186575808495616]})");
  Limbs last = Fr::kModulus;
  last[0] -= 1;
  EXPECT_THAT(inputs[0].values.reveal(), ElementsAre(Limbs{9007199254740993}, Limbs{1, 1}, last));
}

TEST(Inputs, RefusesWhatIsNotBelowThePrime) {
  constexpr std::string_view kPrime =
      "21888242871839275222246405745257275088548364400416034343698204186575808495617";
  const Error number = error_of(std::string(R"({"a": [1, [2, )") + std::string(kPrime) + "]]}");
  EXPECT_EQ(number.code, ErrorCode::invalid_argument);
  EXPECT_EQ(number.message, "/a/1/1: want a number below the prime of BN254");
  ASSERT_EQ(number.details.size(), 1U);
  EXPECT_EQ(number.details[0].pointer, "/a/1/1");
  EXPECT_EQ(error_of(std::string(R"({"a": ")") + std::string(kPrime) + "\"}").message,
            "/a: want a number below the prime of BN254");
  EXPECT_EQ(error_of(R"({"a": "0x)" + std::string(100, 'f') + "\"}").message,
            "/a: want a number below the prime of BN254");
}

TEST(Inputs, RefusesWhatIsNoWholeNumber) {
  EXPECT_EQ(error_of(R"({"a": 1.5})").message,
            "/a: want a whole number, without fraction or exponent");
  EXPECT_EQ(error_of(R"({"a": 1e3})").message,
            "/a: want a whole number, without fraction or exponent");
  EXPECT_EQ(error_of(R"({"a": [-1]})").message, "/a/0: want a number that is not negative");
  EXPECT_EQ(error_of(R"({"a": -18446744073709551617})").message,
            "/a: want a number that is not negative");
  for (const char* text : {"", "-1", "0x", "1.5", "12 ", "0xg", "ten", "0b1"}) {
    EXPECT_EQ(error_of(std::string(R"({"a": ")") + text + "\"}").message,
              "/a: want a decimal number, or a hexadecimal one after 0x")
        << text;
  }
}

TEST(Inputs, RefusesOtherTypes) {
  EXPECT_EQ(error_of(R"({"a": true})").message,
            "/a: want a number, a text or a list, got a boolean");
  EXPECT_EQ(error_of(R"({"a": [null]})").message,
            "/a/0: want a number, a text or a list, got null");
  EXPECT_EQ(error_of(R"({"a/b": {"x": 1}})").message,
            "/a~1b: want a number, a text or a list, got an object");
  EXPECT_EQ(error_of("[1]").message, "want an object, got a list");
  EXPECT_EQ(error_of("1").message, "want an object, got a number");
  EXPECT_EQ(error_of("\"1\"").message, "want an object, got a number");
}

TEST(Inputs, RefusesAMemberGivenTwice) {
  EXPECT_EQ(error_of(R"({"a": 1, "b": 2, "a": 3})").message, "/a: it is given twice");
}

TEST(Inputs, RefusesListsThatAreTooDeep) {
  const auto nested = [](std::size_t depth) {
    return R"({"a": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(error_of(nested(32)).message, "none");
  EXPECT_EQ(error_of(nested(100'000)).code, ErrorCode::invalid_argument);
}

TEST(Inputs, NamesThePlaceOfWhatIsNoJson) {
  EXPECT_EQ(error_of("{\n  \"a\": 1,}").message,
            "JSON: line 2, column 10: this is not valid JSON in UTF-8");
  EXPECT_EQ(error_of("").code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(R"({"a": 1} {})").code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace zkp::prover::witness
