#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace zkp::services::gateway {

// Reads the members of a JSON body by name, and notes each place that is wrong, so that one answer
// names them all. Texts of the client's stand in pointers only.
class BodyReader {
 public:
  // False, noted, if `value` is not an object; notes members that are not in `known`.
  bool is_object(const nlohmann::json& value, const std::string& pointer,
                 std::initializer_list<std::string_view> known);
  // A text of 1 to 64 characters that must be there.
  std::string name(const nlohmann::json& object, const char* member);
  // A whole number in [least, most]; nothing if it is left out or wrong.
  std::optional<std::int64_t> number(const nlohmann::json& object, const std::string& pointer,
                                     const char* member, std::int64_t least, std::int64_t most);
  void refuse(std::string pointer, std::string detail);

  // invalid_argument if anything was noted.
  base::Status status() &&;

 private:
  std::vector<base::ErrorDetail> details_;
};

// The error of a part of the body, its pointers seen from the whole of it.
base::Error below(const std::string& member, base::Error error);

}  // namespace zkp::services::gateway
