#pragma once

#include <optional>
#include <string_view>

#include "prover/field/limbs.h"

namespace zkp::prover::circuit {

// The number that a text of decimal digits, or of 0x and hexadecimal digits, stands for; the
// largest there is for 2^256 and above. Nothing for any other text.
std::optional<field::Limbs> number_of_text(std::string_view text);

}  // namespace zkp::prover::circuit
