#pragma once

#include <array>

#include "prover/field/limbs.h"

namespace zkp::prover::curve {

// The non-adjacent form of `value`, least significant digit first: digits -1, 0, 1, no two
// neighbours both non-zero. REQUIRES: it has at most `Size` digits.
template <std::size_t Size>
constexpr std::array<int, Size> non_adjacent_form(field::Wide value) {
  std::array<int, Size> digits{};
  for (std::size_t i = 0; value != 0; ++i, value >>= 1) {
    if ((value & 1) == 0) continue;
    digits.at(i) = (value & 3) == 1 ? 1 : -1;
    value = (value & 3) == 1 ? value - 1 : value + 1;
  }
  return digits;
}

}  // namespace zkp::prover::curve
