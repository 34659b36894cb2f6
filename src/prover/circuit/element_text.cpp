#include "prover/circuit/element_text.h"

#include <algorithm>

#include "base/sha256.h"
#include "prover/circuit/catalogue.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kHashBytes = 31;  // so that every hash is below r

// 16 or more for what is no digit.
std::uint64_t digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<std::uint64_t>(c - 'A') + 10;
  return 16;
}

Fr hash_of(std::string_view text) {
  const base::Sha256Digest digest = base::sha256(base::as_bytes(text));
  field::Limbs number{};
  for (std::size_t i = 0; i < kHashBytes; ++i) {
    const std::size_t place = kHashBytes - 1 - i;  // counted from the least significant byte
    number[place / 8] |= std::uint64_t{digest[i]} << (8 * (place % 8));
  }
  return Fr::from_standard(number);
}

}  // namespace

std::optional<field::Limbs> number_of_text(std::string_view text) {
  const std::uint64_t radix = text.starts_with("0x") ? 16 : 10;
  if (radix == 16) text.remove_prefix(2);
  const auto is_digit = [&](char c) { return digit_of(c) < radix; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  field::Limbs number{};
  for (const char c : text) {
    std::uint64_t carry = digit_of(c);
    for (std::uint64_t& limb : number) limb = field::multiply_add(0, limb, radix, carry);
    if (carry != 0) return field::Limbs{~0ULL, ~0ULL, ~0ULL, ~0ULL};
  }
  return number;
}

base::Result<Fr> field_element_of_text(std::string_view text) {
  const std::optional<field::Limbs> number = number_of_text(text);
  if (!number) return hash_of(text);
  if (!field::less_than(*number, Fr::kModulus)) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "want a number below the modulus of BN254's scalar field"};
  }
  return Fr::from_standard(*number);
}

}  // namespace zkp::prover::circuit
