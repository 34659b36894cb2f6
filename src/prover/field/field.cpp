#include "prover/field/field.h"

#include <algorithm>

#include <fmt/format.h>

namespace zkp::prover::field {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostDecimalDigits = 78;  // of 2^256 - 1

}  // namespace

template <class Params>
base::Result<PrimeField<Params>> PrimeField<Params>::from_bytes(
    std::span<const std::uint8_t, kBytes> bytes) {
  Limbs value;
  for (std::size_t i = 0; i < 4; ++i) {
    value[i] = base::load_le<std::uint64_t>(bytes.data() + 8 * i);
  }
  if (!less_than(value, kModulus)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("{}: want a number below the field's modulus", Params::kName)};
  }
  return from_standard(value);
}

template <class Params>
void PrimeField<Params>::to_bytes(std::span<std::uint8_t, kBytes> out) const {
  const Limbs value = to_standard();
  for (std::size_t i = 0; i < 4; ++i) base::store_le(out.data() + 8 * i, value[i]);
}

template <class Params>
base::Result<PrimeField<Params>> PrimeField<Params>::from_decimal(std::string_view text) {
  if (text.empty() || text.size() > kMostDecimalDigits ||
      !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("{}: want 1 to {} decimal digits", Params::kName, kMostDecimalDigits)};
  }
  if (text.size() > 1 && text[0] == '0') {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("{}: want a number without leading zeros", Params::kName)};
  }
  Limbs value{};
  for (const char c : text) {
    std::uint64_t carry = static_cast<std::uint64_t>(c - '0');
    for (std::uint64_t& word : value) word = multiply_add(0, word, 10, carry);
    if (carry != 0) {
      value = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
      break;
    }
  }
  if (!less_than(value, kModulus)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("{}: want a number below the field's modulus", Params::kName)};
  }
  return from_standard(value);
}

template <class Params>
std::string PrimeField<Params>::to_decimal() const {
  constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000U;  // 10^19, the largest in a limb
  Limbs value = to_standard();
  std::string text;
  do {
    std::uint64_t remainder = 0;
    for (std::size_t i = 4; i-- > 0;) {
      const Wide dividend = (Wide{remainder} << 64) | value[i];
      value[i] = static_cast<std::uint64_t>(dividend / kChunk);
      remainder = static_cast<std::uint64_t>(dividend % kChunk);
    }
    const bool last = value == Limbs{};
    text.insert(0, last ? fmt::format("{}", remainder) : fmt::format("{:019}", remainder));
    if (last) return text;
  } while (true);
}

template <class Params>
PrimeField<Params> PrimeField<Params>::random(base::Random& random) {
  while (true) {
    std::array<std::uint8_t, kBytes> bytes;
    random.fill(bytes);
    bytes[31] &= 0x3f;  // p has 254 bits: one draw in four is refused
    if (auto element = from_bytes(bytes)) return *element;
  }
}

template struct PrimeField<FrParams>;
template struct PrimeField<FqParams>;

}  // namespace zkp::prover::field
