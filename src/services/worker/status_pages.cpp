#include "services/worker/status_pages.h"

#include <nlohmann/json.hpp>

#include "services/status/metrics_text.h"

namespace zkp::services::worker {
namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::ordered_json;

base::Result<std::string> ready_json(const WorkerState& state) {
  if (!state.welcomed) return Error{ErrorCode::unavailable, "no leader has welcomed this worker"};
  return ordered_json{{"status", "ready"}, {"term", state.term}}.dump();
}

}  // namespace

std::string health_json(const WorkerState& state) {
  return ordered_json{{"status", "healthy"},
                      {"worker_id", state.id.value},
                      {"version", state.version},
                      {"kernels", state.kernels},
                      {"leader", {{"welcomed", state.welcomed}, {"term", state.term}}},
                      {"draining", state.draining},
                      {"capacity", {{"total", state.slots}, {"used", state.slots_used}}},
                      {"unacknowledged_results", state.unacknowledged},
                      {"keys_in_memory", state.keys_in_memory}}
      .dump();
}

std::string metrics_text(const WorkerState& state) {
  using Type = status::MetricsText::Type;
  status::MetricsText metrics;
  metrics.add("zkp_worker_welcomed", "1 while a leader has welcomed this worker", Type::Gauge);
  metrics.value(state.welcomed ? 1 : 0);
  metrics.add("zkp_worker_draining", "1 once this worker takes no more", Type::Gauge);
  metrics.value(state.draining ? 1 : 0);
  metrics.add("zkp_worker_slots", "Proofs that this worker makes at a time", Type::Gauge);
  metrics.value(state.slots, {{"state", "total"}});
  metrics.value(state.slots_used, {{"state", "used"}});
  metrics.add("zkp_worker_unacknowledged_results", "Results that no leader has acknowledged yet",
              Type::Gauge);
  metrics.value(state.unacknowledged);
  metrics.add("zkp_worker_keys_in_memory", "Proving keys that are loaded", Type::Gauge);
  metrics.value(state.keys_in_memory);
  metrics.add("zkp_worker_loads_total", "Files of circuits loaded into memory", Type::Counter);
  metrics.value(state.key_loads, {{"file", "key"}});
  metrics.value(state.program_loads, {{"file", "program"}});
  metrics.add("zkp_worker_attempts_total", "Attempts that ended here, by how", Type::Counter);
  metrics.value(state.succeeded, {{"outcome", "succeeded"}});
  metrics.value(state.failed, {{"outcome", "failed"}});
  metrics.value(state.cancelled, {{"outcome", "cancelled"}});
  return metrics.text();
}

status::Pages status_pages(const Worker& worker) {
  return {.health = [&worker] { return health_json(worker.state()); },
          .ready = [&worker] { return ready_json(worker.state()); },
          .metrics = [&worker] { return metrics_text(worker.state()); }};
}

}  // namespace zkp::services::worker
