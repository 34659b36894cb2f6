#include "services/request/inputs_json.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "services/request/json_text.h"

namespace zkp::services::request {
namespace {

using prover::circuit::Inputs;
using Texts = std::vector<std::string>;

base::Result<Inputs> read(std::string_view text) { return read_inputs(parse_json(text).value()); }

base::Error error_of(std::string_view text) {
  const auto inputs = read(text);
  if (inputs.ok()) return {base::ErrorCode::internal, "no error"};
  EXPECT_EQ(inputs.error().code, base::ErrorCode::invalid_argument) << text;
  return inputs.error();
}

bool equal(const Inputs& a, const Inputs& b) {
  if (a.named != b.named || a.public_inputs != b.public_inputs ||
      a.private_inputs != b.private_inputs || a.inputs.size() != b.inputs.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.inputs.size(); ++i) {
    if (a.inputs[i].name != b.inputs[i].name || a.inputs[i].values != b.inputs[i].values ||
        a.inputs[i].is_list != b.inputs[i].is_list) {
      return false;
    }
  }
  return true;
}

TEST(ReadInputs, ReadsThePositionalForm) {
  const auto inputs =
      read(R"({"circuit_type": "merkle_tree", "public_inputs": ["1", 2, 100000000000000000000],
               "private_inputs": ["secret1", "0xff"], "options": {"priority": 5}})");
  ASSERT_TRUE(inputs.ok()) << inputs.error().message;
  EXPECT_FALSE(inputs->named);
  EXPECT_EQ(inputs->public_inputs, (Texts{"1", "2", "100000000000000000000"}));
  EXPECT_EQ(inputs->private_inputs, (Texts{"secret1", "0xff"}));
}

TEST(ReadInputs, TakesAMissingListAsEmpty) {
  const auto inputs = read(R"({"public_inputs": [3]})");
  ASSERT_TRUE(inputs.ok());
  EXPECT_EQ(inputs->public_inputs, Texts{"3"});
  EXPECT_TRUE(inputs->private_inputs.empty());
  EXPECT_TRUE(read(R"({"private_inputs": []})").ok());
}

TEST(ReadInputs, ReadsTheNamedForm) {
  const auto inputs =
      read(R"({"inputs": {"root": 18446744073709551616, "path": ["1", 2], "e": []}})");
  ASSERT_TRUE(inputs.ok()) << inputs.error().message;
  EXPECT_TRUE(inputs->named);
  ASSERT_EQ(inputs->inputs.size(), 3U);
  EXPECT_EQ(inputs->inputs[0].name, "e");
  EXPECT_TRUE(inputs->inputs[0].is_list);
  EXPECT_TRUE(inputs->inputs[0].values.empty());
  EXPECT_EQ(inputs->inputs[1].name, "path");
  EXPECT_EQ(inputs->inputs[1].values, (Texts{"1", "2"}));
  EXPECT_EQ(inputs->inputs[2].values, Texts{"18446744073709551616"});
  EXPECT_FALSE(inputs->inputs[2].is_list);
}

TEST(ReadInputs, NamesEachWrongPlace) {
  const auto error = error_of(
      R"({"public_inputs": ["1", 1.5, null, [1]], "private_inputs": [-1, -99999999999999999999, 1e3]})");
  std::vector<std::string> pointers;
  for (const auto& detail : error.details) pointers.push_back(detail.pointer);
  EXPECT_EQ(pointers, (Texts{"/public_inputs/1", "/public_inputs/2", "/public_inputs/3",
                             "/private_inputs/0", "/private_inputs/1", "/private_inputs/2"}));
  EXPECT_EQ(error.message,
            "/public_inputs/1: want a whole number without fraction or exponent, or a text");
  EXPECT_EQ(error_of(R"({"inputs": {"a/b": [0, true]}})").details[0].pointer, "/inputs/a~1b/1");
  EXPECT_EQ(error_of(R"({"inputs": {"a": {}}})").details[0].pointer, "/inputs/a");
  EXPECT_EQ(error_of(R"({"inputs": [1]})").details[0].pointer, "/inputs");
  EXPECT_EQ(error_of(R"({"public_inputs": "1"})").details[0].pointer, "/public_inputs");
}

TEST(ReadInputs, WantsOneOfTheForms) {
  for (const char* text : {"{}", "[]", "7", "null", R"({"inputs": {}, "public_inputs": []})",
                           R"({"inputs": {}, "private_inputs": []})"}) {
    EXPECT_EQ(error_of(text).details.size(), 1U) << text;
  }
}

TEST(ReadInputs, KeepsItsAnswerShort) {
  std::string body = R"({"public_inputs": [null)";
  for (int i = 0; i < 1000; ++i) body += ",null";
  EXPECT_EQ(error_of(body + "]}").details.size(), 20U);
}

TEST(ReadInputs, NeverQuotesAnInput) {
  const auto error = error_of(R"({"private_inputs": [1.23456, ["hunter2"]]})");
  EXPECT_EQ(error.message.find("1.2"), std::string::npos);
  for (const auto& detail : error.details) {
    EXPECT_EQ(detail.detail.find("hunter"), std::string::npos);
  }
}

TEST(WriteInputs, AreReadBackAsTheyWere) {
  const Inputs positional{.public_inputs = {"1", "é \"\\\n"}, .private_inputs = {""}};
  EXPECT_TRUE(equal(parse_inputs(write_inputs(positional).reveal()).value(), positional));
  const Inputs named{.named = true, .inputs = {{"a", {"1"}, false}, {"b", {"1"}, true}}};
  EXPECT_TRUE(equal(parse_inputs(write_inputs(named).reveal()).value(), named));
  const Inputs nothing{.named = true};
  EXPECT_TRUE(equal(parse_inputs(write_inputs(nothing).reveal()).value(), nothing));
  EXPECT_EQ(base::as_text(write_inputs(positional).reveal()).substr(0, 20),
            R"({"private_inputs":[")");
}

TEST(ParseInputs, RefusesDamagedBytes) {
  EXPECT_FALSE(parse_inputs(base::as_bytes("{\"inputs\":")).ok());
  EXPECT_FALSE(parse_inputs({}).ok());
}

}  // namespace
}  // namespace zkp::services::request
