#include "services/request/json_text.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace zkp::services::request {
namespace {

using nlohmann::json;

std::string error_of(std::string_view text) {
  const auto parsed = parse_json(text);
  if (parsed.ok()) return "no error";
  EXPECT_EQ(parsed.error().code, base::ErrorCode::invalid_argument);
  return parsed.error().message;
}

// Lists in each other, `depth` levels.
std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseJson, ReadsWhatNlohmannReads) {
  const char* text = R"( {"a": [1, -2, 2.5, "x\u00e9\n", true, null], "b": {"c": {}}, "": []} )";
  EXPECT_EQ(parse_json(text).value(), json::parse(text));
  EXPECT_EQ(parse_json("7").value(), json(7));
}

TEST(ParseJson, KeepsEveryDigitOfAWholeNumber) {
  for (const char* digits :
       {"0", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809",
        "21888242871839275222246405745257275088548364400416034343698204186575808495616"}) {
    const auto parsed = parse_json(std::string("[") + digits + "]");
    ASSERT_TRUE(parsed.ok()) << digits;
    EXPECT_EQ(whole_number((*parsed)[0]), digits);
  }
  EXPECT_TRUE(rc::check([](std::uint64_t high, std::uint64_t low) {
    const std::string digits = std::to_string(high | 1) + std::to_string(low);
    RC_ASSERT(whole_number(parse_json(digits).value()) == digits);
  }));
}

TEST(ParseJson, TellsWholeNumbersFromTheRest) {
  for (const char* text : {"1.0", "1e3", "1E3", "0.5", "18446744073709551616.0", "\"7\"", "null",
                           "true", "[1]", "{\"1\":1}"}) {
    EXPECT_EQ(whole_number(parse_json(text).value()), std::nullopt) << text;
  }
}

TEST(ParseJson, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(error_of("{\"a\": 1,\n \"b\" 2}"),
            "JSON: line 2, column 6: this is not valid JSON in UTF-8");
  EXPECT_EQ(error_of("[1,]"), "JSON: line 1, column 4: this is not valid JSON in UTF-8");
  EXPECT_EQ(error_of("[" + std::string(400, '9') + "]"),
            "JSON: line 1, column 401: this number is too large");
  for (const char* text : {"", " ", "{", "[1", "[1] x", "01", "+1", "{a:1}", "NaN", "\"\n\"",
                           "\"\xff\"", "// x\n1", "'x'", "\"\\ud800\""}) {
    EXPECT_NE(error_of(text), "no error") << text;
  }
}

TEST(ParseJson, NeverQuotesTheText) {
  EXPECT_EQ(error_of("{\"private_inputs\": [\"hunter2\" \"hunter2\"]}").find("hunter"),
            std::string::npos);
}

TEST(ParseJson, RefusesAMemberGivenTwice) {
  const auto parsed = parse_json(R"([{"a": {"x/y": 1, "b": [2], "x/y": 3}}])");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, base::ErrorCode::invalid_argument);
  ASSERT_EQ(parsed.error().details.size(), 1U);
  EXPECT_EQ(parsed.error().details[0].pointer, "/0/a/x~1y");
  EXPECT_TRUE(parse_json(R"([{"a": 1}, {"a": 1}])").ok());
}

TEST(ParseJson, RefusesTooManyLevels) {
  EXPECT_TRUE(parse_json(nested(32)).ok());
  EXPECT_FALSE(parse_json(nested(33)).ok());
  EXPECT_FALSE(parse_json(nested(1'000'000)).ok());
  EXPECT_TRUE(parse_json("[[1]]", {.most_depth = 2}).ok());
  const auto parsed = parse_json(R"({"a": [0, {"b": []}]})", {.most_depth = 3});
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message, "JSON: want at most 3 levels");
  EXPECT_EQ(parsed.error().details[0].pointer, "/a/1/b");
}

}  // namespace
}  // namespace zkp::services::request
