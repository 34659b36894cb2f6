#include "network/store/postgres/values.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

namespace zkp::network::store::postgres {
namespace {

// A timestamptz is a number of microseconds since 2000-01-01T00:00:00Z.
constexpr std::int64_t kEpochMs = 946'684'800'000;
constexpr std::int64_t kMicroseconds = 1000;
// Within both what PostgreSQL takes (the years 4713 BC to 294276) and what fits.
constexpr std::int64_t kMostMs = 9'000'000'000'000'000;
constexpr std::int64_t kLeastMs = -200'000'000'000'000;

// Big-endian, as it is sent.
std::string encode(std::uint64_t number) {
  std::string bytes(8, '\0');
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8U) {
    *byte = static_cast<char>(number & 0xffU);
  }
  return bytes;
}

std::uint64_t decode(base::ByteView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8U | byte;
  return number;
}

std::int64_t as_bigint(std::uint64_t number) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(number, kMost));
}

template <class Items, class Format>
std::string array_of(const Items& items, Format format) {
  std::string text = "{";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    text += format(item);
  }
  return text + '}';
}

}  // namespace

Params& Params::add(std::string bytes, bool binary) {
  size_bytes_ += bytes.size();
  values_.push_back({.bytes = std::move(bytes), .is_null = false, .binary = binary});
  return *this;
}

// Binary, so that a NUL inside is refused and does not end it.
Params& Params::text(std::string_view text) { return add(std::string(text), true); }

Params& Params::text_or_null(std::string_view text) {
  return text.empty() ? null() : this->text(text);
}

Params& Params::bytes(base::ByteView bytes) { return add(base::to_string(bytes), true); }

Params& Params::id(const task::TaskId& id) { return add(id.to_string(), false); }

Params& Params::number(std::int64_t number) {
  return add(encode(static_cast<std::uint64_t>(number)), true);
}

Params& Params::count(std::uint64_t number) { return this->number(as_bigint(number)); }

Params& Params::time(base::Time time) {
  const std::int64_t unix_ms = std::clamp(base::to_unix_ms(time), kLeastMs, kMostMs);
  return number((unix_ms - kEpochMs) * kMicroseconds);
}

Params& Params::null() {
  values_.push_back({.bytes = {}, .is_null = true, .binary = true});
  return *this;
}

Params& Params::ids(const std::vector<task::TaskId>& ids) {
  return add(array_of(ids, [](const task::TaskId& id) { return id.to_string(); }), false);
}

Params& Params::counts(const std::vector<std::uint64_t>& numbers) {
  return add(array_of(numbers, [](auto number) { return std::to_string(as_bigint(number)); }),
             false);
}

Params& Params::reals(const std::vector<double>& numbers) {
  return add(array_of(numbers, [](double number) { return fmt::format("{}", number); }), false);
}

base::ByteView Rows::view(int row, int column) const {
  return {reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row, column)),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string Rows::text(int row, int column) const { return base::to_string(view(row, column)); }

base::Bytes Rows::bytes(int row, int column) const {
  const base::ByteView bytes = view(row, column);
  return {bytes.begin(), bytes.end()};
}

std::int64_t Rows::number(int row, int column) const {
  const base::ByteView bytes = view(row, column);
  if (bytes.size() == 4) return static_cast<std::int32_t>(decode(bytes));
  return static_cast<std::int64_t>(decode(bytes));
}

std::uint64_t Rows::unsigned_number(int row, int column) const {
  return static_cast<std::uint64_t>(number(row, column));
}

double Rows::real(int row, int column) const {
  return std::bit_cast<double>(decode(view(row, column)));
}

bool Rows::flag(int row, int column) const { return decode(view(row, column)) != 0; }

base::Time Rows::time(int row, int column) const {
  return base::from_unix_ms(number(row, column) / kMicroseconds + kEpochMs);
}

std::optional<base::Time> Rows::optional_time(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return time(row, column);
}

}  // namespace zkp::network::store::postgres
