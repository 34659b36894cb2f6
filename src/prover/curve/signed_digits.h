#pragma once

#include <array>

#include "prover/field/limbs.h"

namespace zkp::prover::curve {

// The width-w non-adjacent form of `value`, least significant digit first: digits are 0 or odd,
// from -2^(w-1) to 2^(w-1), and of w neighbours at most one is not 0 (Solinas 2000, algorithm 1).
// REQUIRES: it has at most `Size` digits.
template <std::size_t Size, int Width = 2>
constexpr std::array<signed char, Size> non_adjacent_form(field::Wide value) {
  constexpr int kPeriod = 1 << Width;
  std::array<signed char, Size> digits{};
  for (std::size_t i = 0; value != 0; ++i, value >>= 1) {
    if ((value & 1) == 0) continue;
    const int residue = static_cast<int>(value % kPeriod);
    const int digit = residue < kPeriod / 2 ? residue : residue - kPeriod;
    digits.at(i) = static_cast<signed char>(digit);
    value -= static_cast<field::Wide>(digit);
  }
  return digits;
}

}  // namespace zkp::prover::curve
