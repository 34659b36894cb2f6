#include "services/coordinator/cluster_state.h"

#include <algorithm>

namespace zkp::services::coordinator {
namespace {

namespace consensus = network::consensus;
namespace scheduler = network::scheduler;
using scheduler::Health;

consensus::WorkerRecord agreed(const scheduler::WorkerRecord& record) {
  std::string reason = record.reason.substr(0, consensus::kMostReasonBytes);
  return {
      .draining = record.draining, .quarantined = record.quarantined, .reason = std::move(reason)};
}

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

ClusterState describe_cluster(const consensus::Consensus& consensus,
                              const scheduler::Scheduler* scheduler) {
  ClusterState state{.raft = consensus.state(), .agreement = consensus.agreement()};
  if (scheduler == nullptr) {
    for (const auto& [id, record] : state.agreement->workers) {
      state.worker_counts.total += 1;
      if (record.quarantined) {
        state.worker_counts.quarantined += 1;
      } else if (record.draining) {
        state.worker_counts.draining += 1;
      }
    }
    return state;
  }
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

v1::ClusterDescription write_description(const ClusterState& state) {
  v1::ClusterDescription description;
  description.set_coordinator_id(state.raft.node_id);
  description.set_role(name_of(state.raft.role));
  description.set_term(state.raft.term);
  description.set_leader_id(state.raft.leader_id);
  for (const consensus::Member& member : state.agreement->members) {
    v1::CoordinatorAddress& coordinator = *description.add_coordinators();
    coordinator.set_id(member.id);
    coordinator.set_raft_address(member.raft_address);
    coordinator.set_worker_address(member.worker_address);
    coordinator.set_http_address(member.http_address);
    coordinator.set_voter(member.voter);
  }
  std::map<std::string, v1::WorkerDescription> workers;
  for (const auto& [id, record] : state.agreement->workers) {
    v1::WorkerDescription& worker = workers[id];
    worker.set_draining(record.draining);
    worker.set_quarantined(record.quarantined);
    worker.set_reason(record.reason);
  }
  for (const scheduler::WorkerView& view : state.workers) {
    v1::WorkerDescription& worker = workers[view.id.value];
    worker.set_version(view.version);
    worker.set_kernels(view.kernels);
    worker.set_state(name_of(view.health));
    worker.set_slots(view.slots);
    worker.set_used(view.used);
    worker.set_memory_bytes(view.memory_bytes);
  }
  for (auto& [id, worker] : workers) {
    worker.set_id(id);
    *description.add_workers() = std::move(worker);
  }
  return description;
}

scheduler::WorkerRecords read_records(const consensus::Agreement& agreement) {
  scheduler::WorkerRecords records;
  for (const auto& [id, record] : agreement.workers) {
    records[{id}] = {record.draining, record.quarantined, record.reason};
  }
  return records;
}

std::vector<consensus::Command> changes_of(const consensus::Agreement& agreement,
                                           const scheduler::WorkerRecords& records) {
  std::vector<consensus::Command> changes;
  for (const auto& [id, record] : records) {
    const auto known = agreement.workers.find(id.value);
    if (known != agreement.workers.end() && known->second == agreed(record)) continue;
    changes.push_back({id.value, agreed(record)});
  }
  for (const auto& [id, record] : agreement.workers) {
    if (!records.contains({id})) changes.push_back({id, std::nullopt});
  }
  return changes;
}

}  // namespace zkp::services::coordinator
