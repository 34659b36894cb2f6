#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace zkp::network::consensus::raft {

// The Error for one of C-Raft's codes, with what was being done.
base::Error error_of(int code, std::string_view what);

}  // namespace zkp::network::consensus::raft
