#include "prover/witness/failure.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kPlace = "Error in ";
constexpr std::size_t kMostPlaceLength = 240;  // circom's own
constexpr std::size_t kMostPlaces = 100'000;

// Takes the number that a text begins with, and the character behind it; zero if there is none.
std::uint64_t take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  const auto length = static_cast<std::size_t>(end - text.data());
  text.remove_prefix(std::min(length + 1, text.size()));
  return value;
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

// circom's numbers of runtime.exceptionHandler.
Error refusal(std::string_view rest, const Places& places) {
  enum Code : std::uint8_t { not_found = 1, too_many, already_set, assertion, memory, beyond_size };
  std::string message;
  ErrorCode code = ErrorCode::invalid_argument;
  switch (take_number(rest)) {
    case not_found:
      return {code, "a signal was not found"};
    case too_many:
      return {code, "more inputs than the circuit has"};
    case already_set:
      return {code, "an input is given twice"};
    case beyond_size:
      return {code, "an input has more values than the circuit takes"};
    case memory:
      return {ErrorCode::too_large, "the circuit's program wants more memory than it may have"};
    case assertion:
      code = ErrorCode::failed_precondition;
      message = "Assert Failed.";
      break;
    default:
      return {ErrorCode::internal, "the circuit's program failed in a way of its own"};
  }
  std::string_view separator = " ";
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (!places.allow(line)) continue;
    message += fmt::format("{}{}", std::exchange(separator, "; "), line);
  }
  return {code, std::move(message)};
}

Error about_input(char kind, std::string_view rest, const Inputs& inputs) {
  const std::uint64_t index = take_number(rest);
  ZKP_ASSERT(index < inputs.size());
  const Input& input = inputs[index];
  if (kind == 'u') {
    return {ErrorCode::invalid_argument, fmt::format("the circuit has no input {}", input.name)};
  }
  return {ErrorCode::invalid_argument, fmt::format("input {} has {} values, want {}", input.name,
                                                   input.values.size(), take_number(rest))};
}

}  // namespace

Places::Places(base::ByteView wasm) {
  const std::string_view text = base::as_text(wasm);
  for (std::size_t at = text.find(kPlace); at != std::string_view::npos;
       at = text.find(kPlace, at + 1)) {
    const std::string_view place = text.substr(at, kMostPlaceLength);
    const auto end =
        std::ranges::find_if(place, [](char c) { return c < ' ' || c > '~'; }) - place.begin();
    places_.emplace_back(place.substr(0, static_cast<std::size_t>(end)));
    if (places_.size() == kMostPlaces) break;
  }
  std::ranges::sort(places_);
}

bool Places::allow(std::string_view message) const {
  constexpr std::string_view kLine = " line: ";
  constexpr std::size_t kMostDigits = 7;
  const std::size_t end = message.rfind(kLine);
  if (end == std::string_view::npos) return false;
  const std::string_view number = message.substr(end + kLine.size());
  return !number.empty() && number.size() <= kMostDigits &&
         number.find_first_not_of("0123456789") == std::string_view::npos &&
         std::ranges::binary_search(places_, message.substr(0, end), {},
                                    [](const auto& place) { return std::string_view(place); });
}

Error failure_of(std::string_view report, const Inputs& inputs, const Places& places) {
  const char kind = report[0];
  std::string_view rest = report.substr(1);
  switch (kind) {
    case 'c':
      return refusal(rest, places);
    case 'd':
      return {ErrorCode::invalid_argument, fmt::format("wasm: {}", rest)};
    case 'u':
    case 'n':
      return about_input(kind, rest, inputs);
    case 'm': {
      const std::uint64_t came = take_number(rest);
      return {ErrorCode::invalid_argument,
              fmt::format("inputs are missing: {} values of {} came", came, take_number(rest))};
    }
    case 's':
      return {ErrorCode::too_large, "the circuit's program calls itself too deep"};
    case 'o':
      return {ErrorCode::resource_exhausted, "not enough memory for the circuit's program"};
    default:
      return {ErrorCode::internal, fmt::format("the circuit's program failed: {}", rest)};
  }
}

}  // namespace zkp::prover::witness
