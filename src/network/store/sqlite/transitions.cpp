#include "network/store/sqlite/transitions.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "network/store/sqlite/rows.h"

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;
using base::Time;
using task::Status;
using task::Task;

void note(Hints& hints, const TaskId& id, Status status) {
  hints.push_back({Hint::Kind::task_changed, id, status});
}
void note_circuit(Hints& hints) { hints.push_back({Hint::Kind::circuit_changed, {}, {}}); }

base::Status want_circuit(Connection& connection, Hints& hints, const Submission& submission) {
  ZKP_CHECK(Query(connection,
                  "INSERT INTO circuits (id, circuit_type, created_at) VALUES (?, ?, ?) "
                  "ON CONFLICT (id) DO UPDATE SET failure = '' "
                  "WHERE failure <> '' AND ready = 0")
                .bind(submission.circuit.value)
                .bind(submission.circuit_type)
                .bind(submission.now)
                .run());
  if (connection.changed()) note_circuit(hints);
  return {};
}

base::Status insert_task(Connection& connection, const Submission& submission) {
  const std::string id = submission.id.to_string();
  const task::Options& options = submission.options;
  std::optional<Time> deadline_at;
  if (options.deadline) deadline_at = submission.now + *options.deadline;
  Query insert(connection,
               "INSERT INTO tasks (id, status, circuit_type, circuit_id, priority, max_attempts, "
               "queue_rank, created_at, not_before, deadline_at, request_digest, idempotency_key) "
               "VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
  insert.bind(id)
      .bind(submission.circuit_type)
      .bind(submission.circuit.value)
      .bind(options.priority)
      .bind(options.max_attempts)
      .bind(task::queue_rank(submission.now, options.priority))
      .bind(submission.now)
      .bind(submission.now)
      .bind(deadline_at)
      .bind(submission.request_digest);
  if (submission.idempotency_key.empty()) {
    insert.bind_null();
  } else {
    insert.bind(submission.idempotency_key);
  }
  ZKP_CHECK(insert.run());
  if (!connection.changed()) return Error{ErrorCode::conflict, "task: this id is taken"};
  return Query(connection, "INSERT INTO task_inputs (task_id, sealed) VALUES (?, ?)")
      .bind(id)
      .bind(base::ByteView(submission.sealed_inputs))
      .run();
}

// Notes how the attempts of the task that still run have ended.
base::Status end_attempts(Connection& connection, const std::string& id, const char* outcome,
                          Time now) {
  return Query(connection,
               "UPDATE attempts SET ended_at = ?, outcome = ? "
               "WHERE task_id = ? AND ended_at IS NULL")
      .bind(now)
      .bind(outcome)
      .bind(id)
      .run();
}

// Fails the task, unless it is terminal or (if given) another attempt is its latest.
base::Result<Outcome> fail_task(Connection& connection, Hints& hints, const TaskId& id,
                                std::optional<Attempt> attempt, const task::Failure& failure,
                                Time now) {
  const std::string id_text = id.to_string();
  Query update(connection,
               "UPDATE tasks SET status = 'failed', finished_at = ?, failure_code = ?, "
               "failure_message = ? WHERE id = ? AND attempt = ifnull(?, attempt) "
               "AND status IN ('pending', 'assigned', 'running')");
  update.bind(now).bind(task::name_of(failure.code)).bind(failure.message).bind(id_text);
  if (attempt) {
    update.bind(attempt->value);
  } else {
    update.bind_null();
  }
  ZKP_CHECK(update.run());
  if (!connection.changed()) return Outcome::superseded;
  ZKP_CHECK(end_attempts(connection, id_text, task::name_of(failure.code), now));
  note(hints, id, Status::failed);
  return Outcome::applied;
}

base::Result<std::vector<TaskId>> read_ids(Query& query) {
  std::vector<TaskId> ids;
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return ids;
    ZKP_TRY(const TaskId id, TaskId::parse(query.text(0)));
    ids.push_back(id);
  }
}

base::Status fail_tasks(Connection& connection, Hints& hints, const std::vector<TaskId>& ids,
                        const task::Failure& failure, Time now) {
  for (const TaskId& id : ids) {
    ZKP_CHECK(fail_task(connection, hints, id, std::nullopt, failure, now));
  }
  return {};
}

// A claim that no worker got leaves its number in the history too, so that attempts have no gap.
base::Status note_unassigned(Connection& connection, const std::string& id, const char* outcome,
                             Term term, Time now) {
  return Query(connection,
               "INSERT INTO attempts (task_id, attempt, worker_id, term, assigned_at, ended_at, "
               "outcome) SELECT id, attempt, '', ?, ?, ?, ? FROM tasks "
               "WHERE id = ? AND worker_id = ''")
      .bind(term.value)
      .bind(now)
      .bind(now)
      .bind(outcome)
      .bind(id)
      .run();
}

}  // namespace

base::Result<Submitted> submit(Connection& connection, Hints& hints, const Submission& submission,
                               std::size_t most_pending) {
  if (!submission.idempotency_key.empty()) {
    ZKP_TRY(auto earlier, find_earlier(connection, submission.idempotency_key));
    if (earlier && earlier->request_digest == submission.request_digest) {
      return Submitted{std::move(earlier->task), false};
    }
    if (earlier) {
      return Error{ErrorCode::conflict, "idempotency key: it was used for another request"};
    }
  }
  ZKP_TRY(const Counts counts, count_tasks(connection));
  if (counts.pending >= most_pending) {
    return Error{ErrorCode::resource_exhausted,
                 fmt::format("queue: {} tasks are waiting already", counts.pending)};
  }
  ZKP_CHECK(want_circuit(connection, hints, submission));
  ZKP_CHECK(insert_task(connection, submission));
  hints.push_back({Hint::Kind::submitted, submission.id, Status::pending});
  ZKP_TRY(Task task, find_task(connection, submission.id));
  return Submitted{std::move(task), true};
}

base::Result<Task> cancel(Connection& connection, Hints& hints, const TaskId& id, Time now) {
  const std::string id_text = id.to_string();
  ZKP_CHECK(Query(connection,
                  "UPDATE tasks SET status = 'cancelled', finished_at = ? "
                  "WHERE id = ? AND status IN ('pending', 'assigned', 'running')")
                .bind(now)
                .bind(id_text)
                .run());
  const bool applied = connection.changed();
  ZKP_TRY(Task task, find_task(connection, id));
  if (!applied) {
    return Error{ErrorCode::conflict,
                 fmt::format("task {}: it is {} already", id_text, task::name_of(task.status))};
  }
  ZKP_CHECK(end_attempts(connection, id_text, "cancelled", now));
  note(hints, id, Status::cancelled);
  return task;
}

base::Status take_leadership(Connection& connection, Term term) {
  ZKP_CHECK(Query(connection, "UPDATE leadership SET term = ? WHERE term <= ?")
                .bind(term.value)
                .bind(term.value)
                .run());
  if (connection.changed()) return {};
  return fence(connection, term);
}

base::Status fence(Connection& connection, Term term) {
  ZKP_TRY(const Term last, last_term(connection));
  if (term >= last) return {};
  return Error{ErrorCode::failed_precondition,
               fmt::format("term {}: term {} has taken over", term.value, last.value)};
}

base::Result<std::vector<ClaimedTask>> claim(Connection& connection, Hints& hints,
                                             std::size_t limit, Time now) {
  ZKP_TRY(std::vector<ClaimedTask> claimed, claimable(connection, limit, now));
  for (ClaimedTask& next : claimed) {
    const std::string id = next.task.id.to_string();
    ZKP_CHECK(Query(connection,
                    "UPDATE tasks SET status = 'assigned', attempt = attempt + 1, worker_id = '', "
                    "assigned_at = ? WHERE id = ? AND status = 'pending'")
                  .bind(now)
                  .bind(id)
                  .run());
    ZKP_TRY(next.task, find_task(connection, next.task.id));
    note(hints, next.task.id, Status::assigned);
  }
  return claimed;
}

base::Result<Outcome> assign(Connection& connection, Hints& hints, const Step& step,
                             const WorkerId& worker) {
  const std::string id = step.id.to_string();
  ZKP_CHECK(Query(connection,
                  "UPDATE tasks SET worker_id = ? "
                  "WHERE id = ? AND attempt = ? AND status = 'assigned' AND worker_id = ''")
                .bind(worker.value)
                .bind(id)
                .bind(step.attempt.value)
                .run());
  if (!connection.changed()) return Outcome::superseded;
  ZKP_CHECK(Query(connection,
                  "INSERT INTO attempts (task_id, attempt, worker_id, term, assigned_at) "
                  "VALUES (?, ?, ?, ?, ?)")
                .bind(id)
                .bind(step.attempt.value)
                .bind(worker.value)
                .bind(step.term.value)
                .bind(step.now)
                .run());
  note(hints, step.id, Status::assigned);
  return Outcome::applied;
}

base::Result<Outcome> start(Connection& connection, Hints& hints, const Step& step) {
  const std::string id = step.id.to_string();
  ZKP_CHECK(Query(connection,
                  "UPDATE tasks SET status = 'running', started_at = ? "
                  "WHERE id = ? AND attempt = ? AND status = 'assigned'")
                .bind(step.now)
                .bind(id)
                .bind(step.attempt.value)
                .run());
  if (!connection.changed()) return Outcome::superseded;
  ZKP_CHECK(
      Query(connection, "UPDATE attempts SET started_at = ? WHERE task_id = ? AND attempt = ?")
          .bind(step.now)
          .bind(id)
          .bind(step.attempt.value)
          .run());
  note(hints, step.id, Status::running);
  return Outcome::applied;
}

base::Result<Outcome> complete(Connection& connection, Hints& hints, const Step& step,
                               const task::Proof& proof) {
  const std::string id = step.id.to_string();
  ZKP_CHECK(
      Query(connection,
            "UPDATE tasks SET status = 'completed', progress = 1, finished_at = ?, "
            "proof_json = ?, public_signals_json = ?, "
            "circuit_digest = (SELECT c.circuit_digest FROM circuits c WHERE c.id = circuit_id), "
            "key_digest = (SELECT c.key_digest FROM circuits c WHERE c.id = circuit_id) "
            "WHERE id = ? AND status IN ('pending', 'assigned', 'running')")
          .bind(step.now)
          .bind(proof.proof_json)
          .bind(proof.public_signals_json)
          .bind(id)
          .run());
  if (!connection.changed()) return Outcome::superseded;
  // This attempt made it, even if it had been given up; any other that runs did not.
  ZKP_CHECK(Query(connection,
                  "UPDATE attempts SET ended_at = ?, outcome = 'completed' "
                  "WHERE task_id = ? AND attempt = ?")
                .bind(step.now)
                .bind(id)
                .bind(step.attempt.value)
                .run());
  ZKP_CHECK(end_attempts(connection, id, "superseded", step.now));
  note(hints, step.id, Status::completed);
  return Outcome::applied;
}

base::Result<Outcome> release(Connection& connection, Hints& hints, const Step& step,
                              const Store::Release& release) {
  const std::string id = step.id.to_string();
  ZKP_CHECK(Query(connection,
                  "UPDATE tasks SET status = 'pending', not_before = ?, failures = failures + ?, "
                  "memory_floor_bytes = max(memory_floor_bytes, ?), progress = 0, "
                  "assigned_at = NULL, started_at = NULL "
                  "WHERE id = ? AND attempt = ? AND status IN ('assigned', 'running')")
                .bind(release.not_before)
                .bind(release.failure ? 1 : 0)
                .bind(release.memory_floor_bytes)
                .bind(id)
                .bind(step.attempt.value)
                .run());
  if (!connection.changed()) return Outcome::superseded;
  const char* outcome = release.failure ? task::name_of(release.failure->code) : "released";
  ZKP_CHECK(end_attempts(connection, id, outcome, step.now));
  ZKP_CHECK(note_unassigned(connection, id, outcome, step.term, step.now));
  note(hints, step.id, Status::pending);
  return Outcome::applied;
}

base::Result<Outcome> fail(Connection& connection, Hints& hints, const Step& step,
                           const task::Failure& failure) {
  return fail_task(connection, hints, step.id, step.attempt, failure, step.now);
}

base::Status report_progress(Connection& connection, Hints& hints,
                             const std::vector<Store::Progress>& progress) {
  for (const Store::Progress& report : progress) {
    const std::string id = report.id.to_string();
    const double fraction = std::isnan(report.fraction) ? 0 : std::clamp(report.fraction, 0.0, 1.0);
    Query update(connection,
                 "UPDATE tasks SET progress = ? WHERE id = ? AND attempt = ? "
                 "AND status IN ('assigned', 'running') RETURNING status");
    ZKP_TRY(const bool applied, update.bind(fraction).bind(id).bind(report.attempt.value).next());
    if (!applied) continue;
    ZKP_TRY(const Status status, task::parse_status(update.text(0)));
    ZKP_CHECK(update.run());
    note(hints, report.id, status);
  }
  return {};
}

base::Result<std::vector<TaskId>> fail_overdue(Connection& connection, Hints& hints,
                                               std::size_t limit, Time now) {
  std::vector<TaskId> ids;
  {
    Query query(connection,
                "SELECT id FROM tasks WHERE finished_at IS NULL AND deadline_at <= ? "
                "ORDER BY deadline_at LIMIT ?");
    query.bind(now).bind(std::uint64_t{limit});
    ZKP_TRY(ids, read_ids(query));
  }
  const task::Failure failure{task::FailureCode::deadline_exceeded,
                              "the deadline passed before the proof was done"};
  ZKP_CHECK(fail_tasks(connection, hints, ids, failure, now));
  return ids;
}

base::Result<Circuit> publish_circuit(Connection& connection, Hints& hints,
                                      const Circuit& circuit) {
  ZKP_CHECK(Query(connection,
                  "INSERT INTO circuits (id, circuit_type, ready, circuit_digest, key_digest, "
                  "verification_key_json, setup_kind, constraint_count, memory_bytes, created_at) "
                  "VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                  "circuit_type = excluded.circuit_type, ready = 1, failure = '', "
                  "circuit_digest = excluded.circuit_digest, key_digest = excluded.key_digest, "
                  "verification_key_json = excluded.verification_key_json, "
                  "setup_kind = excluded.setup_kind, memory_bytes = excluded.memory_bytes, "
                  "constraint_count = excluded.constraint_count WHERE ready = 0")
                .bind(circuit.id.value)
                .bind(circuit.circuit_type)
                .bind(circuit.circuit_digest)
                .bind(circuit.key_digest)
                .bind(circuit.verification_key_json)
                .bind(circuit.setup_kind)
                .bind(circuit.constraint_count)
                .bind(circuit.memory_bytes)
                .bind(circuit.created_at)
                .run());
  if (connection.changed()) note_circuit(hints);
  return find_circuit(connection, circuit.id);
}

base::Result<Circuit> register_circuit(Connection& connection, const Circuit& circuit) {
  ZKP_TRY(const auto standing, find_files(connection, circuit));
  if (standing) {
    ZKP_CHECK(Query(connection, "UPDATE circuits SET failure = '' WHERE id = ?")
                  .bind(standing->id.value)
                  .run());
    return find_circuit(connection, standing->id);
  }
  ZKP_TRY(const std::uint64_t last, last_version(connection, circuit.circuit_type));
  const CircuitId id{fmt::format("{}@{}", circuit.circuit_type, last + 1)};
  ZKP_CHECK(Query(connection,
                  "INSERT INTO circuits (id, circuit_type, version, ready, circuit_digest, "
                  "key_digest, program_digest, verification_key_json, setup_kind, "
                  "constraint_count, memory_bytes, created_at) "
                  "VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(id.value)
                .bind(circuit.circuit_type)
                .bind(last + 1)
                .bind(circuit.circuit_digest)
                .bind(circuit.key_digest)
                .bind(circuit.program_digest)
                .bind(circuit.verification_key_json)
                .bind(circuit.setup_kind)
                .bind(circuit.constraint_count)
                .bind(circuit.memory_bytes)
                .bind(circuit.created_at)
                .run());
  return find_circuit(connection, id);
}

base::Result<std::vector<TaskId>> fail_circuit(Connection& connection, Hints& hints,
                                               const CircuitId& id, const task::Failure& failure,
                                               Time now) {
  std::vector<TaskId> ids;
  const std::string why = failure.message.empty() ? task::name_of(failure.code) : failure.message;
  ZKP_CHECK(Query(connection, "UPDATE circuits SET failure = ? WHERE id = ? AND ready = 0")
                .bind(why)
                .bind(id.value)
                .run());
  if (!connection.changed()) return ids;
  note_circuit(hints);
  {
    Query query(connection, "SELECT id FROM tasks WHERE circuit_id = ? AND status = 'pending'");
    query.bind(id.value);
    ZKP_TRY(ids, read_ids(query));
  }
  ZKP_CHECK(fail_tasks(connection, hints, ids, failure, now));
  return ids;
}

base::Result<std::size_t> remove_finished(Connection& connection, Time before, std::size_t limit) {
  std::size_t removed = 0;
  Query query(connection,
              "DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE finished_at < ? "
              "ORDER BY finished_at LIMIT ?) RETURNING id");
  query.bind(before).bind(std::uint64_t{limit});
  while (true) {
    ZKP_TRY(const bool there, query.next());
    if (!there) return removed;
    ++removed;
  }
}

}  // namespace zkp::network::store::sqlite
