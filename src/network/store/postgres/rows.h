#pragma once

#include <optional>
#include <vector>

#include "network/store/postgres/connection.h"
#include "network/store/store.h"

// What the tables hold, as the store's types; and all that only reads.
namespace zkp::network::store::postgres {

// The columns of a table `t` that read_task() reads, from the first one.
#define ZKP_TASK_COLUMNS                                                                        \
  "t.id::text, t.circuit_type, t.circuit_id, t.status, t.priority, t.max_attempts, t.attempt, " \
  "t.failures, t.worker_id, t.progress, t.created_at, t.not_before, t.deadline_at, "            \
  "t.assigned_at, t.started_at, t.finished_at, t.memory_floor_bytes, t.proof_json, "            \
  "t.public_signals_json, t.circuit_digest, t.key_digest, t.failure_code, t.failure_message"
inline constexpr int kTaskColumns = 23;  // the next one's number

// data_loss if the row is one that our own writes cannot have made.
base::Result<task::Task> read_task(const Rows& rows, int row);
base::Result<TaskId> read_id(const Rows& rows, int row, int column);

base::Result<task::Task> find_task(Connection& connection, const TaskId& id);
base::Result<std::vector<task::Task>> list_tasks(Connection& connection, const TaskFilter& filter);
base::Result<std::vector<task::Task>> tasks_in_flight(Connection& connection);
base::Result<std::optional<base::Time>> next_due(Connection& connection, base::Time now);
base::Result<Counts> count_tasks(Connection& connection);
base::Result<base::Bytes> find_inputs(Connection& connection, const TaskId& id);
base::Result<std::vector<Store::AttemptRecord>> attempts_of(Connection& connection,
                                                            const TaskId& id);

base::Result<Circuit> find_circuit(Connection& connection, const CircuitId& id);
base::Result<Circuit> find_circuit_by_key(Connection& connection, const std::string& key_digest);
base::Result<std::vector<Circuit>> circuits_of(Connection& connection,
                                               const std::string& circuit_type);
base::Result<std::vector<Circuit>> registered_circuits(Connection& connection,
                                                       const std::string& after, std::size_t limit);
base::Result<std::vector<Circuit>> wanted_circuits(Connection& connection);

base::Result<Term> last_term(Connection& connection);

}  // namespace zkp::network::store::postgres
