#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "prover/circuit/catalogue.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kMostNameBytes = 64;
constexpr std::size_t kMostSizes = 8;

base::Error wrong_id() {
  return {base::ErrorCode::invalid_argument,
          "circuit id: want a circuit's name, or name/sizes such as merkle_tree/3,2"};
}

bool may_stand_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

}  // namespace

std::string Shape::id() const {
  if (sizes.empty()) return circuit_type;
  return fmt::format("{}/{}", circuit_type, fmt::join(sizes, ","));
}

base::Result<Shape> Shape::parse(std::string_view id) {
  const std::size_t slash = std::min(id.find('/'), id.size());
  Shape shape{.circuit_type = std::string(id.substr(0, std::min(slash, kMostNameBytes + 1))),
              .sizes = {}};
  if (slash == 0 || slash > kMostNameBytes ||
      !std::ranges::all_of(shape.circuit_type, may_stand_in_name)) {
    return wrong_id();
  }
  for (std::size_t start = slash + 1; start <= id.size();) {
    const std::size_t end = std::min(id.find(',', start), id.size());
    const std::string_view digits = id.substr(start, end - start);
    std::uint32_t size = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const bool one_form = digits.size() == 1 || !digits.starts_with('0');  // one text for one shape
    if (error != std::errc{} || stop != digits.data() + digits.size() || !one_form ||
        shape.sizes.size() == kMostSizes) {
      return wrong_id();
    }
    shape.sizes.push_back(size);
    start = end + 1;
  }
  return shape;
}

}  // namespace zkp::prover::circuit
