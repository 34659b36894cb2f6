#pragma once

#include <utility>

#include "prover/circuit/builder.h"

// Gadgets that choose by a bit.
namespace zkp::prover::circuit {

// (a, b) if bit is 0, (b, a) if it is 1. One constraint. REQUIRES: bit is claimed to be boolean
// elsewhere.
std::pair<Linear, Linear> swap_if(Builder& builder, const Linear& bit, const Linear& a,
                                  const Linear& b);

}  // namespace zkp::prover::circuit
