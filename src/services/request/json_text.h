#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "base/secret.h"

// JSON from outside, without losing a digit: nlohmann::json alone turns a whole number that does
// not fit 64 bits into a rounded float.
namespace zkp::services::request {

struct JsonLimits {
  std::size_t most_depth = 32;  // of objects and lists in each other
};

// The value of a whole text. Numbers are as nlohmann::json has them, except that a whole number
// beyond 64 bits is a `binary` value of its characters; read whole numbers by whole_number().
// invalid_argument, with line and column, for anything that is not JSON in UTF-8; with a pointer,
// for a member given twice or a value nested too deep. Messages never quote the text.
base::Result<nlohmann::json> parse_json(std::string_view text, JsonLimits limits = {});

// The digits of a whole number of any size, with '-' if it is negative; nothing for any other
// value.
std::optional<std::string> whole_number(const nlohmann::json& value);

// The text of a value that parse_json gave, with every digit of its whole numbers.
base::SecretBytes write_json(const nlohmann::json& value);

}  // namespace zkp::services::request
