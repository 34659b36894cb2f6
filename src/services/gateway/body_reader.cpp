#include "services/gateway/body_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace zkp::services::gateway {

using nlohmann::json;

bool BodyReader::is_object(const json& value, const std::string& pointer,
                           std::initializer_list<std::string_view> known) {
  if (!value.is_object()) {
    refuse(pointer, fmt::format("want an object, got {}", value.type_name()));
    return false;
  }
  for (const auto& [name, member] : value.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      const json::json_pointer place = json::json_pointer(pointer) / name;
      refuse(place.to_string(), "there is no such field");
    }
  }
  return true;
}

std::string BodyReader::name(const json& object, const char* member) {
  constexpr std::size_t kMostCharacters = 64;
  const std::string pointer = std::string("/") + member;
  const auto found = object.find(member);
  if (found == object.end()) {
    refuse(pointer, "is missing");
  } else if (!found->is_string()) {
    refuse(pointer, fmt::format("want a text, got {}", found->type_name()));
  } else if (found->get_ref<const std::string&>().empty() ||
             found->get_ref<const std::string&>().size() > kMostCharacters) {
    refuse(pointer, fmt::format("want 1 to {} characters", kMostCharacters));
  } else {
    return found->get<std::string>();
  }
  return {};
}

std::optional<std::int64_t> BodyReader::number(const json& object, const std::string& pointer,
                                               const char* member, std::int64_t least,
                                               std::int64_t most) {
  const auto found = object.find(member);
  if (found == object.end()) return std::nullopt;
  // Beyond 64 bits parse_json gives no number at all.
  const bool fits = found->is_number_unsigned()
                        ? found->get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                        : found->is_number_integer() && found->get<std::int64_t>() <= most;
  if (fits && found->get<std::int64_t>() >= least) return found->get<std::int64_t>();
  refuse(pointer + "/" + member, fmt::format("want a whole number from {} to {}", least, most));
  return std::nullopt;
}

void BodyReader::refuse(std::string pointer, std::string detail) {
  constexpr std::size_t kMostDetails = 20;  // an answer stays readable whatever came
  if (details_.size() < kMostDetails) details_.push_back({std::move(pointer), std::move(detail)});
}

base::Status BodyReader::status() && {
  if (details_.empty()) return {};
  std::string message = details_[0].pointer.empty()
                            ? details_[0].detail
                            : fmt::format("{}: {}", details_[0].pointer, details_[0].detail);
  return base::Error{base::ErrorCode::invalid_argument, std::move(message), std::move(details_)};
}

base::Error below(const std::string& member, base::Error error) {
  for (auto& place : error.details) place.pointer = member + place.pointer;
  if (error.details.empty()) error.details.push_back({member, error.message});
  return error;
}

}  // namespace zkp::services::gateway
