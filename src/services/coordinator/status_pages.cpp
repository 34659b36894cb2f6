#include "services/coordinator/status_pages.h"

#include <nlohmann/json.hpp>

#include "services/status/metrics_text.h"

namespace zkp::services::coordinator {
namespace {

namespace consensus = network::consensus;
using base::Error;
using base::ErrorCode;
using nlohmann::ordered_json;

base::Result<std::string> ready_json(const Coordinator& coordinator, network::store::Store& store) {
  ZKP_CHECK(store.check());
  const std::string leader = coordinator.cluster().raft.leader_id;
  if (leader.empty()) return Error{ErrorCode::unavailable, "no coordinator leads at present"};
  return ordered_json{{"status", "ready"}, {"leader_id", leader}}.dump();
}

}  // namespace

std::string health_json(const ClusterState& state, const std::string& version) {
  const auto& workers = state.worker_counts;
  return ordered_json{{"status", "healthy"},
                      {"coordinator_id", state.raft.node_id},
                      {"version", version},
                      {"raft",
                       {{"state", name_of(state.raft.role)},
                        {"is_leader", state.raft.role == consensus::Role::leader},
                        {"leader_id", state.raft.leader_id},
                        {"leader_address", state.raft.leader_address},
                        {"node_id", state.raft.node_id},
                        {"term", state.raft.term},
                        {"commit_index", state.raft.commit_index},
                        {"applied_index", state.raft.applied_index}}},
                      {"workers",
                       {{"total", workers.total},
                        {"active", workers.active},
                        {"suspect", workers.suspect},
                        {"draining", workers.draining},
                        {"quarantined", workers.quarantined},
                        {"dead", workers.dead}}},
                      {"capacity",
                       {{"total", state.capacity.total},
                        {"used", state.capacity.used},
                        {"available", state.capacity.available}}},
                      {"scheduler",
                       {{"tasks_assigned", state.scheduler.tasks_assigned},
                        {"assignments_failed", state.scheduler.assignments_failed},
                        {"poll_cycles", state.scheduler.poll_cycles},
                        {"queue_depth", state.scheduler.queue_depth}}}}
      .dump();
}

std::string metrics_text(const ClusterState& state) {
  const auto& workers = state.worker_counts;
  using Type = status::MetricsText::Type;
  status::MetricsText metrics;
  metrics.add("zkp_raft_is_leader", "1 where this coordinator leads", Type::Gauge);
  metrics.value(state.raft.role == consensus::Role::leader ? 1 : 0);
  metrics.add("zkp_raft_term", "Raft's present term", Type::Gauge);
  metrics.value(state.raft.term);
  metrics.add("zkp_raft_commit_index", "Last entry that is committed", Type::Gauge);
  metrics.value(state.raft.commit_index);
  metrics.add("zkp_raft_applied_index", "Last entry that is applied", Type::Gauge);
  metrics.value(state.raft.applied_index);
  metrics.add("zkp_workers", "Workers by state; the leader's are complete", Type::Gauge);
  metrics.value(workers.active, {{"state", "active"}});
  metrics.value(workers.suspect, {{"state", "suspect"}});
  metrics.value(workers.draining, {{"state", "draining"}});
  metrics.value(workers.quarantined, {{"state", "quarantined"}});
  metrics.value(workers.dead, {{"state", "dead"}});
  metrics.add("zkp_slots", "Slots of workers that are there", Type::Gauge);
  metrics.value(state.capacity.total, {{"state", "total"}});
  metrics.value(state.capacity.used, {{"state", "used"}});
  metrics.value(state.capacity.available, {{"state", "available"}});
  metrics.add("zkp_scheduler_queue_depth", "Pending tasks, as of the last poll", Type::Gauge);
  metrics.value(state.scheduler.queue_depth);
  metrics.add("zkp_scheduler_tasks_assigned_total", "Attempts given to workers in this leadership",
              Type::Counter);
  metrics.value(state.scheduler.tasks_assigned);
  metrics.add("zkp_scheduler_assignments_failed_total",
              "Attempts that ended without a result in this leadership", Type::Counter);
  metrics.value(state.scheduler.assignments_failed);
  metrics.add("zkp_scheduler_poll_cycles_total", "Polls of the store in this leadership",
              Type::Counter);
  metrics.value(state.scheduler.poll_cycles);
  return metrics.text();
}

status::Pages status_pages(const Coordinator& coordinator, network::store::Store& store,
                           const std::string& version) {
  return {.health = [&coordinator, version] { return health_json(coordinator.cluster(), version); },
          .ready = [&coordinator, &store] { return ready_json(coordinator, store); },
          .metrics = [&coordinator] { return metrics_text(coordinator.cluster()); }};
}

}  // namespace zkp::services::coordinator
