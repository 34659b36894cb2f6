#include "network/store/sqlite/rows.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;
using base::Time;
using task::Status;
using task::Task;

// Literals, so that statements are put together by the compiler.
#define TASK_COLUMNS                                                                      \
  "t.id, t.circuit_type, t.circuit_id, t.status, t.priority, t.max_attempts, t.attempt, " \
  "t.failures, t.worker_id, t.progress, t.created_at, t.not_before, t.deadline_at, "      \
  "t.assigned_at, t.started_at, t.finished_at, t.memory_floor_bytes, t.proof_json, "      \
  "t.public_signals_json, t.circuit_digest, t.key_digest, t.failure_code, t.failure_message"
constexpr int kTaskColumns = 23;  // the next one's number

#define CIRCUIT_COLUMNS                                                          \
  "id, circuit_type, ready, circuit_digest, key_digest, verification_key_json, " \
  "setup_kind, constraint_count, memory_bytes, failure, created_at, version, "   \
  "program_digest, proven"

std::int64_t row_limit(std::size_t limit) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMost));
}

base::Result<Task> task_of(const Query& row) {
  Task task;
  ZKP_TRY(task.id, TaskId::parse(row.text(0)));
  task.circuit_type = row.text(1);
  task.circuit = {row.text(2)};
  ZKP_TRY(task.status, task::parse_status(row.text(3)));
  task.priority = static_cast<int>(row.number(4));
  task.max_attempts = static_cast<int>(row.number(5));
  task.attempt = {row.count(6)};
  task.failures = static_cast<int>(row.number(7));
  task.worker = {row.text(8)};
  task.progress = row.real(9);
  task.created_at = row.time(10);
  task.not_before = row.time(11);
  task.deadline_at = row.optional_time(12);
  task.assigned_at = row.optional_time(13);
  task.started_at = row.optional_time(14);
  task.finished_at = row.optional_time(15);
  task.memory_floor_bytes = row.count(16);
  if (!row.is_null(17)) task.proof = {row.text(17), row.text(18)};
  task.circuit_digest = row.text(19);
  task.key_digest = row.text(20);
  if (!row.is_null(21)) {
    ZKP_TRY(const task::FailureCode code, task::parse_failure_code(row.text(21)));
    task.failure = {code, row.text(22)};
  }
  return task;
}

// A row that our own writes cannot have made is damage, not the caller's mistake.
base::Result<Task> read_task(const Query& row) {
  auto task = task_of(row);
  if (task) return task;
  return Error{ErrorCode::data_loss, "database: tasks: " + task.error().message};
}

Circuit read_circuit(const Query& row) {
  return {.id = {row.text(0)},
          .circuit_type = row.text(1),
          .version = row.count(11),
          .ready = row.number(2) != 0,
          .proven = row.number(13) != 0,
          .circuit_digest = row.text(3),
          .key_digest = row.text(4),
          .program_digest = row.text(12),
          .verification_key_json = row.text(5),
          .setup_kind = row.text(6),
          .constraint_count = row.count(7),
          .memory_bytes = row.count(8),
          .failure = row.text(9),
          .created_at = row.time(10)};
}

base::Result<std::vector<Task>> read_tasks(Query& query) {
  std::vector<Task> tasks;
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return tasks;
    ZKP_TRY(Task task, read_task(query));
    tasks.push_back(std::move(task));
  }
}

base::Result<std::vector<Circuit>> read_circuits(Query& query) {
  std::vector<Circuit> circuits;
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return circuits;
    circuits.push_back(read_circuit(query));
  }
}

base::Result<Circuit> read_only_circuit(Query& query, const std::string& name) {
  ZKP_TRY(const bool there, query.next());
  if (there) return read_circuit(query);
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

base::Result<Task> find_task(Connection& connection, const TaskId& id) {
  const std::string id_text = id.to_string();
  Query query(connection, "SELECT " TASK_COLUMNS " FROM tasks t WHERE t.id = ?");
  ZKP_TRY(const bool there, query.bind(id_text).next());
  if (!there) return no_task(id, "there is none");
  return read_task(query);
}

base::Result<std::optional<Earlier>> find_earlier(Connection& connection,
                                                  const std::string& idempotency_key) {
  Query query(connection,
              "SELECT " TASK_COLUMNS ", t.request_digest FROM tasks t WHERE t.idempotency_key = ?");
  ZKP_TRY(const bool there, query.bind(idempotency_key).next());
  if (!there) return std::optional<Earlier>();
  ZKP_TRY(Task task, read_task(query));
  return std::optional<Earlier>({std::move(task), query.text(kTaskColumns)});
}

base::Result<std::vector<Task>> list_tasks(Connection& connection, const TaskFilter& filter) {
  // One statement for each set of filters, so that each finds its index.
#define LIST(conditions) \
  "SELECT " TASK_COLUMNS " FROM tasks t WHERE t.id < ?" conditions " ORDER BY t.id DESC LIMIT ?"
  const bool by_type = !filter.circuit_type.empty();
  const char* sql = filter.status ? (by_type ? LIST(" AND t.status = ? AND t.circuit_type = ?")
                                             : LIST(" AND t.status = ?"))
                                  : (by_type ? LIST(" AND t.circuit_type = ?") : LIST(""));
#undef LIST
  const std::string before = filter.before ? filter.before->to_string() : "g";  // after any id
  Query query(connection, sql);
  query.bind(before);
  if (filter.status) query.bind(task::name_of(*filter.status));
  if (by_type) query.bind(filter.circuit_type);
  query.bind(row_limit(filter.limit));
  return read_tasks(query);
}

base::Result<std::vector<Task>> tasks_in_flight(Connection& connection) {
  Query query(connection, "SELECT " TASK_COLUMNS
                          " FROM tasks t WHERE t.status IN ('assigned', 'running') ORDER BY t.id");
  return read_tasks(query);
}

base::Result<std::vector<ClaimedTask>> claimable(Connection& connection, std::size_t limit,
                                                 Time now) {
  // CROSS JOIN: in the order of the queue, which stops at the limit.
  Query query(connection, "SELECT " TASK_COLUMNS
                          ", c.memory_bytes, i.sealed FROM tasks t "
                          "CROSS JOIN circuits c ON c.id = t.circuit_id "
                          "CROSS JOIN task_inputs i ON i.task_id = t.id "
                          "WHERE t.status = 'pending' AND t.not_before <= ? AND c.ready = 1 "
                          "AND (t.deadline_at IS NULL OR t.deadline_at > ?) "
                          "ORDER BY t.queue_rank, t.id LIMIT ?");
  query.bind(now).bind(now).bind(row_limit(limit));
  std::vector<ClaimedTask> tasks;
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return tasks;
    ZKP_TRY(Task task, read_task(query));
    tasks.push_back({std::move(task), query.bytes(kTaskColumns + 1), query.count(kTaskColumns)});
  }
}

base::Result<std::optional<Time>> next_due(Connection& connection, Time now) {
  Query query(connection,
              "SELECT min(at) FROM ("
              "SELECT min(deadline_at) AS at FROM tasks "
              "WHERE finished_at IS NULL AND deadline_at IS NOT NULL UNION ALL "
              "SELECT min(not_before) FROM tasks WHERE status = 'pending' AND not_before > ?)");
  ZKP_CHECK(query.bind(now).next());
  return query.optional_time(0);
}

base::Result<Counts> count_tasks(Connection& connection) {
  Counts counts;
  Query query(connection, "SELECT status, tasks FROM task_counts");
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return counts;
    ZKP_TRY(const Status status, task::parse_status(query.text(0)));
    *count_of(counts, status) = query.count(1);
  }
}

base::Result<base::Bytes> find_inputs(Connection& connection, const TaskId& id) {
  const std::string id_text = id.to_string();
  Query query(connection, "SELECT sealed FROM task_inputs WHERE task_id = ?");
  ZKP_TRY(const bool there, query.bind(id_text).next());
  if (!there) return no_task(id, "there are no inputs");
  return query.bytes(0);
}

base::Result<std::vector<Store::AttemptRecord>> attempts_of(Connection& connection,
                                                            const TaskId& id) {
  const std::string id_text = id.to_string();
  Query query(connection,
              "SELECT attempt, worker_id, term, assigned_at, started_at, ended_at, outcome "
              "FROM attempts WHERE task_id = ? ORDER BY attempt");
  query.bind(id_text);
  std::vector<Store::AttemptRecord> records;
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return records;
    records.push_back({.attempt = {query.count(0)},
                       .worker = {query.text(1)},
                       .term = {query.count(2)},
                       .assigned_at = query.time(3),
                       .started_at = query.optional_time(4),
                       .ended_at = query.optional_time(5),
                       .outcome = query.text(6)});
  }
}

base::Result<Circuit> find_circuit(Connection& connection, const CircuitId& id) {
  Query query(connection, "SELECT " CIRCUIT_COLUMNS " FROM circuits WHERE id = ?");
  query.bind(id.value);
  return read_only_circuit(query, "circuit " + id.value);
}

base::Result<Circuit> find_circuit_by_key(Connection& connection, const std::string& key_digest) {
  Query query(connection, "SELECT " CIRCUIT_COLUMNS
                          " FROM circuits WHERE key_digest = ? AND ready = 1 ORDER BY id LIMIT 1");
  query.bind(key_digest);
  return read_only_circuit(query, "key " + key_digest);
}

base::Result<std::vector<Circuit>> circuits_of(Connection& connection,
                                               const std::string& circuit_type) {
  Query query(connection, "SELECT " CIRCUIT_COLUMNS
                          " FROM circuits WHERE circuit_type = ? ORDER BY version, id");
  query.bind(circuit_type);
  return read_circuits(query);
}

base::Result<std::vector<Circuit>> registered_circuits(Connection& connection,
                                                       const std::string& after,
                                                       std::size_t limit) {
  Query query(connection,
              "SELECT " CIRCUIT_COLUMNS
              " FROM circuits c WHERE circuit_type > ? AND version > 0 AND version = "
              "(SELECT max(l.version) FROM circuits l WHERE l.circuit_type = c.circuit_type) "
              "ORDER BY circuit_type LIMIT ?");
  query.bind(after).bind(row_limit(limit));
  return read_circuits(query);
}

base::Result<std::optional<Circuit>> find_files(Connection& connection, const Circuit& circuit) {
  Query query(connection, "SELECT " CIRCUIT_COLUMNS
                          " FROM circuits WHERE circuit_type = ? AND circuit_digest = ? AND "
                          "key_digest = ? AND program_digest = ?");
  query.bind(circuit.circuit_type)
      .bind(circuit.circuit_digest)
      .bind(circuit.key_digest)
      .bind(circuit.program_digest);
  ZKP_TRY(const bool there, query.next());
  if (!there) return std::optional<Circuit>();
  return std::optional(read_circuit(query));
}

base::Result<std::uint64_t> last_version(Connection& connection, const std::string& circuit_type) {
  Query query(connection, "SELECT coalesce(max(version), 0) FROM circuits WHERE circuit_type = ?");
  query.bind(circuit_type);
  ZKP_CHECK(query.next());
  return query.count(0);
}

base::Result<std::vector<Circuit>> wanted_circuits(Connection& connection) {
  Query query(connection, "SELECT " CIRCUIT_COLUMNS
                          " FROM circuits WHERE ready = 0 AND failure = '' ORDER BY id");
  return read_circuits(query);
}

base::Result<Term> last_term(Connection& connection) {
  Query query(connection, "SELECT term FROM leadership");
  ZKP_TRY(const bool there, query.next());
  if (there) return Term{query.count(0)};
  return Error{ErrorCode::data_loss, "database: leadership has no row"};
}

}  // namespace zkp::network::store::sqlite
