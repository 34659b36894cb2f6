#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zkp::services::gateway {

// The cluster as its leader sees it.
struct ClusterState {
  struct Coordinator {
    std::string id, address;
    std::string role;  // "leader", "follower", "candidate", "unreachable"
  };
  struct Worker {
    std::string id, version, kernels;
    // "active", "suspect", "draining", "quarantined", "dead"; "unknown" while nobody leads.
    std::string state;
    std::uint64_t slots = 0, used = 0;
  };
  std::string leader_id;  // empty: nobody leads, as far as is known
  std::uint64_t term = 0;
  std::vector<Coordinator> coordinators;
  std::vector<Worker> workers;
};

// The port to whoever knows the cluster. Any thread; may block for a second.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  [[nodiscard]] virtual ClusterState cluster() const = 0;
};

}  // namespace zkp::services::gateway
