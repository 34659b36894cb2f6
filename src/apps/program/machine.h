#pragma once

#include <cstdint>

#include "base/result.h"
#include "prover/field/kernels.h"

// What this machine has.
namespace zkp::apps {

unsigned core_count();
std::uint64_t physical_memory_bytes();

// The kernels for this CPU, or those that ZKP_KERNELS names.
base::Result<const prover::field::Kernels*> choose_kernels();

}  // namespace zkp::apps
