#pragma once

#include <string_view>

#include "base/result.h"
#include "network/consensus/consensus.h"

namespace zkp::apps {

// "coordinator-1=HOST:7000/HOST:9090/HOST:8090": id, and the addresses for Raft, for workers and of
// HTTP. invalid_argument for anything else.
base::Result<network::consensus::Member> parse_member(std::string_view text);

}  // namespace zkp::apps
