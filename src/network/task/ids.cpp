#include "network/task/ids.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hex.h"

namespace zkp::network::task {
namespace {

constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};

bool is_dash_place(std::size_t place) { return std::ranges::count(kDashes, place) != 0; }

}  // namespace

TaskId TaskId::make(base::Time now, base::Random& random) {
  TaskId id;
  random.fill(id.bytes_);
  const auto ms = static_cast<std::uint64_t>(base::to_unix_ms(now));
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes_[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  }
  id.bytes_[6] = static_cast<std::uint8_t>((id.bytes_[6] & 0x0f) | 0x70);  // version 7
  id.bytes_[8] = static_cast<std::uint8_t>((id.bytes_[8] & 0x3f) | 0x80);  // variant 10
  return id;
}

base::Result<TaskId> TaskId::parse(std::string_view text) {
  const base::Error error{base::ErrorCode::invalid_argument,
                          "task id: want a UUID, such as 01932c07-21e8-7cc3-98c4-dc0c0c07398f"};
  if (text.size() != 36) return error;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_dash_place(i)) {
      digits.push_back(text[i]);
    } else if (text[i] != '-') {
      return error;
    }
  }
  const auto bytes = base::from_hex(digits);
  if (!bytes) return error;
  TaskId id;
  std::ranges::copy(*bytes, id.bytes_.begin());
  return id;
}

std::string TaskId::to_string() const {
  std::string text = base::to_hex(bytes_);
  for (const std::size_t place : kDashes) text.insert(place, 1, '-');
  return text;
}

}  // namespace zkp::network::task
