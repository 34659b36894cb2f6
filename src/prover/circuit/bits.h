#pragma once

#include <cstddef>
#include <string_view>

#include "prover/circuit/builder.h"

// Gadgets on single bits and on integers of few bits.
namespace zkp::prover::circuit {

// Claims that bit is 0 or 1. One constraint.
void require_boolean(Builder& builder, const Linear& bit, std::string_view falsehood);

// Claims that value, as an integer below r, is below 2^bit_count. bit_count + 1 constraints.
// REQUIRES: 0 < bit_count < 254, so that the bits stand for one number only; value not constant.
void require_below_power_of_two(Builder& builder, const Linear& value, std::size_t bit_count,
                                std::string_view falsehood);

}  // namespace zkp::prover::circuit
