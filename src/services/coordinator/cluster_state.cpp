#include "services/coordinator/cluster_state.h"

#include <algorithm>

namespace zkp::services::coordinator {
namespace {

using network::scheduler::Health;

std::size_t& count_of(ClusterState::Workers& counts, Health health) {
  switch (health) {
    case Health::active:
      return counts.active;
    case Health::suspect:
      return counts.suspect;
    case Health::draining:
      return counts.draining;
    case Health::quarantined:
      return counts.quarantined;
    case Health::dead:
      return counts.dead;
  }
  ZKP_ASSERT(false);
}

}  // namespace

ClusterState describe_cluster(network::consensus::State raft,
                              const network::scheduler::Scheduler* scheduler) {
  ClusterState state{.raft = std::move(raft)};
  if (scheduler == nullptr) return state;
  state.scheduler = scheduler->counters();
  state.workers = scheduler->workers();
  for (const auto& worker : state.workers) {
    state.worker_counts.total += 1;
    count_of(state.worker_counts, worker.health) += 1;
    if (worker.health == Health::dead) continue;
    state.capacity.total += worker.slots;
    state.capacity.used += worker.used;
    if (worker.health == Health::active) {
      state.capacity.available += worker.slots - std::min(worker.slots, worker.used);
    }
  }
  return state;
}

}  // namespace zkp::services::coordinator
