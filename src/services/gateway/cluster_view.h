#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zkp::services::gateway {

// The cluster as its leader sees it.
struct ClusterState {
  struct Coordinator {
    std::string id, address;
    std::string role;  // "leader", "follower", "candidate"
  };
  struct Worker {
    std::string id, version, kernels;
    std::string state;  // "active", "suspect", "draining", "dead", "quarantined"
    std::uint64_t slots = 0, used = 0;
  };
  std::string leader_id;  // empty: nobody leads, as far as is known
  std::uint64_t term = 0;
  std::vector<Coordinator> coordinators;
  std::vector<Worker> workers;
};

// The port to whoever knows the cluster. Any thread; does not block.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  [[nodiscard]] virtual ClusterState cluster() const = 0;
};

}  // namespace zkp::services::gateway
