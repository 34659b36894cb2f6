#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace zkp::prover::witness {

// Runs `work` on a thread of its own with this much stack, and meanwhile `watch` on the caller's.
// Returns when both have ended. resource_exhausted if no thread could be made; then nothing ran.
base::Status run_on_thread(std::size_t stack_bytes, const std::function<void()>& work,
                           const std::function<void()>& watch);

}  // namespace zkp::prover::witness
