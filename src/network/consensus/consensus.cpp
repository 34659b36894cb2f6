#include "network/consensus/consensus.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace zkp::network::consensus {

const char* name_of(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
  }
  ZKP_ASSERT(false);
}

base::Status check(const Command& command) {
  using base::Error;
  using base::ErrorCode;
  const std::size_t id_bytes = command.worker_id.size();
  if (id_bytes == 0 || id_bytes > kMostWorkerIdBytes) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("worker id: {} bytes, want 1 to {}", id_bytes, kMostWorkerIdBytes)};
  }
  const std::size_t reason_bytes = command.record ? command.record->reason.size() : 0;
  if (reason_bytes > kMostReasonBytes) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("reason: {} bytes, want at most {}", reason_bytes, kMostReasonBytes)};
  }
  return {};
}

}  // namespace zkp::network::consensus
