#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"

// The port to the truth about who leads. Drivers: solo (one node, always the leader).
namespace zkp::network::consensus {

enum class Role { follower, candidate, leader };
const char* name_of(Role role);

struct State {
  Role role = Role::follower;
  std::string node_id;
  std::string leader_id, leader_address;  // empty: not known. The address takes workers' streams
  std::uint64_t term = 0;
  std::uint64_t commit_index = 0, applied_index = 0;
};

class Consensus {
 public:
  virtual ~Consensus() = default;

  // Calls `on_change` with every new state, the first one soon, one at a time, from a thread of the
  // driver's; it must be quick. REQUIRES: called once.
  virtual base::Status start(std::function<void(const State&)> on_change) = 0;
  // No call of on_change is running or will come after this returns.
  virtual void stop() = 0;
  [[nodiscard]] virtual State state() const = 0;
};

}  // namespace zkp::network::consensus
