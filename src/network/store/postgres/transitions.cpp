#include "network/store/postgres/transitions.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "network/store/postgres/rows.h"

namespace zkp::network::store::postgres {
namespace {

using base::Error;
using base::ErrorCode;
using base::Time;
using task::Status;
using task::Task;

constexpr Statement kSubmit{
    "submit",
    "SELECT outcome, earlier_id::text, pending, newly_wanted FROM submit_task($1, $2, $3, $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12)"};
constexpr Statement kCancel{
    "cancel", "SELECT " ZKP_TASK_COLUMNS
              ", c.applied FROM cancel_task($1, $2) c, LATERAL (SELECT (c.task).*) t"};
constexpr Statement kTakeLeadership{"take_leadership", "SELECT take_leadership($1)"};
constexpr Statement kClaim{"claim",
                           "SELECT " ZKP_TASK_COLUMNS
                           ", c.key_memory_bytes, c.sealed FROM claim_tasks($1, $2, $3, $4, $5) c, "
                           "LATERAL (SELECT (c.task).*) t ORDER BY t.queue_rank, t.id"};
constexpr Statement kAssign{"assign", "SELECT assign_task($1, $2, $3, $4, $5)"};
constexpr Statement kStart{"start", "SELECT start_task($1, $2, $3, $4)"};
constexpr Statement kComplete{"complete", "SELECT complete_task($1, $2, $3, $4, $5, $6)"};
constexpr Statement kRelease{"release", "SELECT release_task($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr Statement kFail{"fail", "SELECT fail_task($1, $2, $3, $4, $5, $6)"};
constexpr Statement kProgress{
    "progress", "SELECT task_id::text, task_status FROM note_progress($1, $2, $3, $4)"};
constexpr Statement kFailOverdue{"fail_overdue",
                                 "SELECT id::text FROM fail_overdue($1, $2, $3, $4, $5) id"};
constexpr Statement kPublishCircuit{
    "publish_circuit", "SELECT publish_circuit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr Statement kRegisterCircuit{"register_circuit",
                                     "SELECT register_circuit($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Statement kFailCircuit{"fail_circuit",
                                 "SELECT id::text FROM fail_circuit($1, $2, $3, $4, $5) id"};
constexpr Statement kRemoveFinished{"remove_finished", "SELECT remove_finished($1, $2, $3)"};

// A leader's call about one task.
Call one_task(const Statement& statement, const Step& step) {
  Call call{&statement, {}, Call::Turn::one_task, step.id.to_string()};
  call.params.count(step.term.value).id(step.id).count(step.attempt.value);
  return call;
}

}  // namespace

constexpr Statement kEvictLeaders{"evict_leaders", "SELECT evict_leaders()"};

Call submit(const Submission& submission, std::size_t most_pending) {
  const task::Options& options = submission.options;
  std::optional<Time> deadline_at;
  if (options.deadline) deadline_at = submission.now + *options.deadline;
  Call call{&kSubmit, {}, Call::Turn::submission, submission.circuit.value};
  call.params.id(submission.id)
      .text(submission.circuit_type)
      .text(submission.circuit.value)
      .bytes(submission.sealed_inputs)
      .number(options.priority)
      .number(options.max_attempts)
      .number(task::queue_rank(submission.now, options.priority))
      .time(submission.now)
      .time(deadline_at)
      .text_or_null(submission.idempotency_key)
      .text(submission.request_digest)
      .count(most_pending);
  return call;
}

base::Result<SubmitAnswer> read_submitted(const Rows& rows) {
  const std::string outcome = rows.text(0, 0);
  if (outcome == "created") return SubmitAnswer{std::nullopt, rows.flag(0, 3)};
  if (outcome == "earlier") {
    ZKP_TRY(const TaskId earlier, read_id(rows, 0, 1));
    return SubmitAnswer{earlier, false};
  }
  if (outcome == "full") {
    return Error{ErrorCode::resource_exhausted,
                 fmt::format("queue: {} tasks are waiting already", rows.number(0, 2))};
  }
  return Error{ErrorCode::conflict, outcome == "key_taken"
                                        ? "idempotency key: it was used for another request"
                                        : "task: this id is taken"};
}

Task accepted_task(const Submission& submission) {
  Task task;
  task.id = submission.id;
  task.circuit_type = submission.circuit_type;
  task.circuit = submission.circuit;
  task.priority = submission.options.priority;
  task.max_attempts = submission.options.max_attempts;
  task.created_at = task.not_before = submission.now;
  if (submission.options.deadline) task.deadline_at = submission.now + *submission.options.deadline;
  return task;
}

Call cancel(const TaskId& id, Time now) {
  Call call{&kCancel, {}, Call::Turn::one_task, id.to_string()};
  call.params.id(id).time(now);
  return call;
}

base::Result<Task> read_cancelled(const Rows& rows, const TaskId& id) {
  if (rows.empty()) {
    return Error{ErrorCode::not_found, fmt::format("task {}: there is none", id.to_string())};
  }
  ZKP_TRY(Task task, read_task(rows, 0));
  if (rows.flag(0, kTaskColumns)) return task;
  return Error{ErrorCode::conflict, fmt::format("task {}: it is {} already", id.to_string(),
                                                task::name_of(task.status))};
}

Call take_leadership(Term term) {
  Call call{&kTakeLeadership, {}, Call::Turn::alone, {}};
  call.params.count(term.value);
  return call;
}

Call claim(Term term, std::size_t limit, Time now, std::uint64_t number,
           const std::vector<std::uint64_t>& lost) {
  Call call{&kClaim, {}, Call::Turn::many_tasks, {}};
  call.params.count(term.value).count(limit).time(now).count(number).counts(lost);
  return call;
}

base::Result<std::vector<ClaimedTask>> read_claimed(const Rows& rows) {
  std::vector<ClaimedTask> tasks;
  for (int row = 0; row < rows.count(); ++row) {
    ZKP_TRY(Task task, read_task(rows, row));
    tasks.push_back({std::move(task), rows.bytes(row, kTaskColumns + 1),
                     rows.unsigned_number(row, kTaskColumns)});
  }
  return tasks;
}

Call assign(const Step& step, const WorkerId& worker) {
  Call call = one_task(kAssign, step);
  call.params.text(worker.value).time(step.now);
  return call;
}

Call start(const Step& step) {
  Call call = one_task(kStart, step);
  call.params.time(step.now);
  return call;
}

Call complete(const Step& step, const task::Proof& proof) {
  Call call = one_task(kComplete, step);
  call.params.text(proof.proof_json).text(proof.public_signals_json).time(step.now);
  return call;
}

Call release(const Step& step, const Store::Release& release) {
  Call call = one_task(kRelease, step);
  call.params.time(release.not_before)
      .number(release.failure ? 1 : 0)
      .count(release.memory_floor_bytes)
      .text(release.failure ? task::name_of(release.failure->code) : "released")
      .time(step.now);
  return call;
}

Call fail(const Step& step, const task::Failure& failure) {
  Call call = one_task(kFail, step);
  call.params.text(task::name_of(failure.code)).text(failure.message).time(step.now);
  return call;
}

Call report_progress(Term term, const std::vector<Store::Progress>& progress) {
  std::vector<TaskId> ids;
  std::vector<std::uint64_t> attempts;
  std::vector<double> fractions;
  for (const Store::Progress& report : progress) {
    ids.push_back(report.id);
    attempts.push_back(report.attempt.value);
    fractions.push_back(std::isnan(report.fraction) ? 0 : std::clamp(report.fraction, 0.0, 1.0));
  }
  Call call{&kProgress, {}, Call::Turn::many_tasks, {}};
  call.params.count(term.value).ids(ids).counts(attempts).reals(fractions);
  return call;
}

base::Result<Hints> read_progress_hints(const Rows& rows) {
  Hints hints;
  for (int row = 0; row < rows.count(); ++row) {
    ZKP_TRY(const TaskId id, read_id(rows, row, 0));
    ZKP_TRY(const Status status, task::parse_status(rows.text(row, 1)));
    hints.push_back({Hint::Kind::task_changed, id, status});
  }
  return hints;
}

Call fail_overdue(Term term, std::size_t limit, Time now) {
  Call call{&kFailOverdue, {}, Call::Turn::many_tasks, {}};
  call.params.count(term.value)
      .count(limit)
      .text(task::name_of(task::FailureCode::deadline_exceeded))
      .text("the deadline passed before the proof was done")
      .time(now);
  return call;
}

base::Result<std::vector<TaskId>> read_ids(const Rows& rows) {
  std::vector<TaskId> ids;
  for (int row = 0; row < rows.count(); ++row) {
    ZKP_TRY(const TaskId id, read_id(rows, row, 0));
    ids.push_back(id);
  }
  return ids;
}

Call publish_circuit(Term term, const Circuit& circuit) {
  Call call{&kPublishCircuit, {}, Call::Turn::alone, {}};
  call.params.count(term.value)
      .text(circuit.id.value)
      .text(circuit.circuit_type)
      .text(circuit.circuit_digest)
      .text(circuit.key_digest)
      .text(circuit.verification_key_json)
      .text(circuit.setup_kind)
      .count(circuit.constraint_count)
      .count(circuit.memory_bytes)
      .time(circuit.created_at);
  return call;
}

Call register_circuit(const Circuit& circuit) {
  Call call{&kRegisterCircuit, {}, Call::Turn::alone, {}};
  call.params.text(circuit.circuit_type)
      .text(circuit.circuit_digest)
      .text(circuit.key_digest)
      .text(circuit.program_digest)
      .text(circuit.verification_key_json)
      .text(circuit.setup_kind)
      .count(circuit.constraint_count)
      .count(circuit.memory_bytes)
      .time(circuit.created_at);
  return call;
}

Call fail_circuit(Term term, const CircuitId& id, const task::Failure& failure, Time now) {
  Call call{&kFailCircuit, {}, Call::Turn::alone, {}};
  call.params.count(term.value)
      .text(id.value)
      .text(task::name_of(failure.code))
      .text(failure.message)
      .time(now);
  return call;
}

Call remove_finished(Term term, Time before, std::size_t limit) {
  Call call{&kRemoveFinished, {}, Call::Turn::many_tasks, {}};
  call.params.count(term.value).time(before).count(limit);
  return call;
}

}  // namespace zkp::network::store::postgres
