#include "services/gateway/task_json.h"

namespace zkp::services::gateway {
namespace {

using network::task::Task;
using nlohmann::ordered_json;

// The worker's JSON as the coordinator checked and stored it.
ordered_json result_json(const network::task::Proof& proof) {
  return {{"proof", ordered_json::parse(proof.proof_json, nullptr, false)},
          {"public_signals", ordered_json::parse(proof.public_signals_json, nullptr, false)},
          // A task becomes completed only by the coordinator's own pairing check of this proof.
          {"verified", true}};
}

void add_time(ordered_json& json, const char* name, const std::optional<base::Time>& time) {
  if (time) json[name] = base::to_rfc3339(*time);
}

}  // namespace

std::string verification_key_path(const std::string& key_digest) {
  return "/api/v1/keys/" + key_digest + "/verification_key.json";
}

ordered_json task_json(const Task& task, Detail detail) {
  ordered_json json{{"task_id", task.id.to_string()},
                    {"status", name_of(task.status)},
                    {"circuit_type", task.circuit_type}};
  if (task.proof && detail == Detail::full) json["result"] = result_json(*task.proof);
  if (task.failure) {
    json["error"] = {{"code", name_of(task.failure->code)}, {"message", task.failure->message}};
  }
  if (!task.circuit_digest.empty()) json["circuit_digest"] = task.circuit_digest;
  if (!task.key_digest.empty()) json["verification_key"] = verification_key_path(task.key_digest);
  if (!task.worker.value.empty()) json["worker_id"] = task.worker.value;
  json["attempts"] = task.attempt.value;
  json["progress"] = task.progress;
  json["created_at"] = base::to_rfc3339(task.created_at);
  add_time(json, "assigned_at", task.assigned_at);
  add_time(json, "started_at", task.started_at);
  add_time(json, "completed_at", task.finished_at);
  if (task.started_at) json["queue_ms"] = (*task.started_at - task.created_at).count();
  if (task.started_at && task.proof && task.finished_at) {
    json["prove_ms"] = (*task.finished_at - *task.started_at).count();
  }
  return json;
}

ordered_json counts_json(const network::store::Counts& counts) {
  return {{"pending", counts.pending}, {"assigned", counts.assigned},
          {"running", counts.running}, {"completed", counts.completed},
          {"failed", counts.failed},   {"cancelled", counts.cancelled}};
}

}  // namespace zkp::services::gateway
