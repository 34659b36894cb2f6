#include "network/store/postgres/rows.h"

#include <fmt/format.h>

namespace zkp::network::store::postgres {
namespace {

using base::Error;
using base::ErrorCode;
using base::Time;
using task::Status;
using task::Task;

#define CIRCUIT_COLUMNS                                                          \
  "id, circuit_type, ready, circuit_digest, key_digest, verification_key_json, " \
  "setup_kind, constraint_count, memory_bytes, failure, created_at, version, "   \
  "program_digest, proven"

constexpr Statement kFindTask{"find_task",
                              "SELECT " ZKP_TASK_COLUMNS " FROM tasks t WHERE t.id = $1"};

// One statement for each set of filters, so that each finds its index.
#define LIST(conditions)                                                \
  "SELECT " ZKP_TASK_COLUMNS " FROM tasks t WHERE t.id < $1" conditions \
  " ORDER BY t.id DESC LIMIT $2"
constexpr Statement kList{"list", LIST("")};
constexpr Statement kListStatus{"list_status", LIST(" AND t.status = $3")};
constexpr Statement kListType{"list_type", LIST(" AND t.circuit_type = $3")};
constexpr Statement kListStatusAndType{"list_status_and_type",
                                       LIST(" AND t.status = $3 AND t.circuit_type = $4")};
#undef LIST
// After any id that this program makes: those of version 7 do not reach it.
constexpr const char* kAfterAll = "ffffffff-ffff-ffff-ffff-ffffffffffff";

constexpr Statement kInFlight{"in_flight",
                              "SELECT " ZKP_TASK_COLUMNS
                              " FROM tasks t WHERE t.status IN ('assigned', 'running') "
                              "ORDER BY t.id"};
constexpr Statement kNextDue{
    "next_due",
    "SELECT least((SELECT min(deadline_at) FROM tasks WHERE finished_at IS NULL AND deadline_at IS "
    "NOT NULL), (SELECT min(not_before) FROM tasks WHERE status = 'pending' AND not_before > $1))"};
constexpr Statement kCount{"count",
                           "SELECT status, sum(tasks)::bigint FROM task_counts GROUP BY status"};
constexpr Statement kFindInputs{"find_inputs", "SELECT sealed FROM task_inputs WHERE task_id = $1"};
constexpr Statement kAttempts{
    "attempts",
    "SELECT attempt, worker_id, term, assigned_at, started_at, ended_at, outcome FROM attempts "
    "WHERE task_id = $1 ORDER BY attempt"};

constexpr Statement kFindCircuit{"find_circuit",
                                 "SELECT " CIRCUIT_COLUMNS " FROM circuits WHERE id = $1"};
constexpr Statement kFindCircuitByKey{
    "find_circuit_by_key",
    "SELECT " CIRCUIT_COLUMNS " FROM circuits WHERE key_digest = $1 AND ready ORDER BY id LIMIT 1"};
// COLLATE "C": in the order of bytes, as everywhere else, whatever the database's own order is.
constexpr Statement kCircuitsOfType{
    "circuits_of_type",
    "SELECT " CIRCUIT_COLUMNS
    " FROM circuits WHERE circuit_type = $1 ORDER BY version, id COLLATE \"C\""};
constexpr Statement kRegisteredCircuits{
    "registered_circuits",
    "SELECT " CIRCUIT_COLUMNS
    " FROM circuits c WHERE circuit_type COLLATE \"C\" > $1 AND version > 0 AND version = "
    "(SELECT max(l.version) FROM circuits l WHERE l.circuit_type = c.circuit_type) "
    "ORDER BY circuit_type COLLATE \"C\" LIMIT $2"};
constexpr Statement kWantedCircuits{
    "wanted_circuits", "SELECT " CIRCUIT_COLUMNS
                       " FROM circuits WHERE NOT ready AND failure = '' ORDER BY id COLLATE \"C\""};
constexpr Statement kLastTerm{"last_term", "SELECT term FROM leadership"};

base::Result<Task> task_of(const Rows& rows, int row) {
  Task task;
  ZKP_TRY(task.id, TaskId::parse(rows.text(row, 0)));
  task.circuit_type = rows.text(row, 1);
  task.circuit = {rows.text(row, 2)};
  ZKP_TRY(task.status, task::parse_status(rows.text(row, 3)));
  task.priority = static_cast<int>(rows.number(row, 4));
  task.max_attempts = static_cast<int>(rows.number(row, 5));
  task.attempt = {rows.unsigned_number(row, 6)};
  task.failures = static_cast<int>(rows.number(row, 7));
  task.worker = {rows.text(row, 8)};
  task.progress = rows.real(row, 9);
  task.created_at = rows.time(row, 10);
  task.not_before = rows.time(row, 11);
  task.deadline_at = rows.optional_time(row, 12);
  task.assigned_at = rows.optional_time(row, 13);
  task.started_at = rows.optional_time(row, 14);
  task.finished_at = rows.optional_time(row, 15);
  task.memory_floor_bytes = rows.unsigned_number(row, 16);
  if (!rows.is_null(row, 17)) task.proof = {rows.text(row, 17), rows.text(row, 18)};
  task.circuit_digest = rows.text(row, 19);
  task.key_digest = rows.text(row, 20);
  if (!rows.is_null(row, 21)) {
    ZKP_TRY(const task::FailureCode code, task::parse_failure_code(rows.text(row, 21)));
    task.failure = {code, rows.text(row, 22)};
  }
  return task;
}

base::Result<std::vector<Task>> read_tasks(const Rows& rows) {
  std::vector<Task> tasks;
  for (int row = 0; row < rows.count(); ++row) {
    ZKP_TRY(Task task, read_task(rows, row));
    tasks.push_back(std::move(task));
  }
  return tasks;
}

Circuit read_circuit(const Rows& rows, int row) {
  return {.id = {rows.text(row, 0)},
          .circuit_type = rows.text(row, 1),
          .version = rows.unsigned_number(row, 11),
          .ready = rows.flag(row, 2),
          .proven = rows.flag(row, 13),
          .circuit_digest = rows.text(row, 3),
          .key_digest = rows.text(row, 4),
          .program_digest = rows.text(row, 12),
          .verification_key_json = rows.text(row, 5),
          .setup_kind = rows.text(row, 6),
          .constraint_count = rows.unsigned_number(row, 7),
          .memory_bytes = rows.unsigned_number(row, 8),
          .failure = rows.text(row, 9),
          .created_at = rows.time(row, 10)};
}

std::vector<Circuit> read_circuits(const Rows& rows) {
  std::vector<Circuit> circuits;
  for (int row = 0; row < rows.count(); ++row) circuits.push_back(read_circuit(rows, row));
  return circuits;
}

base::Result<Circuit> read_only_circuit(const Rows& rows, const std::string& name) {
  if (!rows.empty()) return read_circuit(rows, 0);
  return Error{ErrorCode::not_found, fmt::format("{}: there is none", name)};
}

Error no_task(const TaskId& id, const char* what) {
  return {ErrorCode::not_found, fmt::format("task {}: {}", id.to_string(), what)};
}

std::size_t* count_of(Counts& counts, Status status) {
  switch (status) {
    case Status::pending:
      return &counts.pending;
    case Status::assigned:
      return &counts.assigned;
    case Status::running:
      return &counts.running;
    case Status::completed:
      return &counts.completed;
    case Status::failed:
      return &counts.failed;
    case Status::cancelled:
      return &counts.cancelled;
  }
  ZKP_ASSERT(false);
}

}  // namespace

base::Result<Task> read_task(const Rows& rows, int row) {
  auto task = task_of(rows, row);
  if (task) return task;
  return Error{ErrorCode::data_loss, "database: tasks: " + task.error().message};
}

base::Result<TaskId> read_id(const Rows& rows, int row, int column) {
  return TaskId::parse(rows.text(row, column));
}

base::Result<Task> find_task(Connection& connection, const TaskId& id) {
  ZKP_TRY(const Rows rows, connection.query(kFindTask, Params().id(id)));
  if (rows.empty()) return no_task(id, "there is none");
  return read_task(rows, 0);
}

base::Result<std::vector<Task>> list_tasks(Connection& connection, const TaskFilter& filter) {
  const bool by_type = !filter.circuit_type.empty();
  Params params;
  if (filter.before) {
    params.id(*filter.before);
  } else {
    ZKP_TRY(const TaskId after_all, TaskId::parse(kAfterAll));
    params.id(after_all);
  }
  params.count(filter.limit);
  if (filter.status) params.text(task::name_of(*filter.status));
  if (by_type) params.text(filter.circuit_type);
  const Statement& statement =
      filter.status ? (by_type ? kListStatusAndType : kListStatus) : (by_type ? kListType : kList);
  ZKP_TRY(const Rows rows, connection.query(statement, params));
  return read_tasks(rows);
}

base::Result<std::vector<Task>> tasks_in_flight(Connection& connection) {
  ZKP_TRY(const Rows rows, connection.query(kInFlight));
  return read_tasks(rows);
}

base::Result<std::optional<Time>> next_due(Connection& connection, Time now) {
  ZKP_TRY(const Rows rows, connection.query(kNextDue, Params().time(now)));
  return rows.optional_time(0, 0);
}

base::Result<Counts> count_tasks(Connection& connection) {
  ZKP_TRY(const Rows rows, connection.query(kCount));
  Counts counts;
  for (int row = 0; row < rows.count(); ++row) {
    ZKP_TRY(const Status status, task::parse_status(rows.text(row, 0)));
    *count_of(counts, status) = rows.unsigned_number(row, 1);
  }
  return counts;
}

base::Result<base::Bytes> find_inputs(Connection& connection, const TaskId& id) {
  ZKP_TRY(const Rows rows, connection.query(kFindInputs, Params().id(id)));
  if (rows.empty()) return no_task(id, "there are no inputs");
  return rows.bytes(0, 0);
}

base::Result<std::vector<Store::AttemptRecord>> attempts_of(Connection& connection,
                                                            const TaskId& id) {
  ZKP_TRY(const Rows rows, connection.query(kAttempts, Params().id(id)));
  std::vector<Store::AttemptRecord> records;
  for (int row = 0; row < rows.count(); ++row) {
    records.push_back({.attempt = {rows.unsigned_number(row, 0)},
                       .worker = {rows.text(row, 1)},
                       .term = {rows.unsigned_number(row, 2)},
                       .assigned_at = rows.time(row, 3),
                       .started_at = rows.optional_time(row, 4),
                       .ended_at = rows.optional_time(row, 5),
                       .outcome = rows.text(row, 6)});
  }
  return records;
}

base::Result<Circuit> find_circuit(Connection& connection, const CircuitId& id) {
  ZKP_TRY(const Rows rows, connection.query(kFindCircuit, Params().text(id.value)));
  return read_only_circuit(rows, "circuit " + id.value);
}

base::Result<Circuit> find_circuit_by_key(Connection& connection, const std::string& key_digest) {
  ZKP_TRY(const Rows rows, connection.query(kFindCircuitByKey, Params().text(key_digest)));
  return read_only_circuit(rows, "key " + key_digest);
}

base::Result<std::vector<Circuit>> circuits_of(Connection& connection,
                                               const std::string& circuit_type) {
  ZKP_TRY(const Rows rows, connection.query(kCircuitsOfType, Params().text(circuit_type)));
  return read_circuits(rows);
}

base::Result<std::vector<Circuit>> registered_circuits(Connection& connection,
                                                       const std::string& after,
                                                       std::size_t limit) {
  ZKP_TRY(const Rows rows,
          connection.query(kRegisteredCircuits, Params().text(after).count(limit)));
  return read_circuits(rows);
}

base::Result<std::vector<Circuit>> wanted_circuits(Connection& connection) {
  ZKP_TRY(const Rows rows, connection.query(kWantedCircuits));
  return read_circuits(rows);
}

base::Result<Term> last_term(Connection& connection) {
  ZKP_TRY(const Rows rows, connection.query(kLastTerm));
  if (!rows.empty()) return Term{rows.unsigned_number(0, 0)};
  return Error{ErrorCode::data_loss, "database: leadership has no row"};
}

}  // namespace zkp::network::store::postgres
