#include "network/store/memory/memory_store.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_map>

#include <fmt/format.h>

#include "base/secret.h"
#include "network/store/hint_board.h"

namespace zkp::network::store {
namespace {

using base::Error;
using base::ErrorCode;
using base::Time;
using task::Status;
using task::Task;

struct Row {
  Task task;
  base::Bytes sealed_inputs;
  std::string idempotency_key, request_digest;
  std::vector<Store::AttemptRecord> attempts;
};

bool is_in_flight(const Task& task) {
  return task.status == Status::assigned || task.status == Status::running;
}

Store::AttemptRecord* find_attempt(Row& row, Attempt attempt) {
  const auto found = std::ranges::find(row.attempts, attempt, &Store::AttemptRecord::attempt);
  return found == row.attempts.end() ? nullptr : &*found;
}

// Notes how the attempt ended, unless that stands already.
void end_attempt(Row& row, Attempt attempt, std::string outcome, Time now) {
  Store::AttemptRecord* record = find_attempt(row, attempt);
  if (record == nullptr || record->ended_at) return;
  record->ended_at = now;
  record->outcome = std::move(outcome);
}

class MemoryStore final : public Store {
 public:
  base::Result<Submitted> submit(const Submission& submission, std::size_t most_pending) override {
    const Write write(*this);
    if (!submission.idempotency_key.empty()) {
      const auto earlier = keys_.find(submission.idempotency_key);
      if (earlier != keys_.end()) return resubmit(rows_.at(earlier->second), submission);
    }
    if (counts_locked().pending >= most_pending) {
      return Error{ErrorCode::resource_exhausted,
                   fmt::format("queue: {} tasks are waiting already", most_pending)};
    }
    if (rows_.contains(submission.id)) {
      return Error{ErrorCode::conflict, "task: this id is taken"};
    }
    want_circuit(submission);

    Row& row = rows_[submission.id];
    row.sealed_inputs = submission.sealed_inputs;
    row.idempotency_key = submission.idempotency_key;
    row.request_digest = submission.request_digest;
    if (!row.idempotency_key.empty()) keys_[row.idempotency_key] = submission.id;
    Task& task = row.task;
    task.id = submission.id;
    task.circuit_type = submission.circuit_type;
    task.circuit = submission.circuit;
    task.priority = submission.options.priority;
    task.max_attempts = submission.options.max_attempts;
    task.created_at = task.not_before = submission.now;
    if (submission.options.deadline)
      task.deadline_at = submission.now + *submission.options.deadline;
    hints_.push_back({Hint::Kind::submitted, task.id, task.status});
    return Submitted{task, true};
  }

  base::Result<Task> find(const TaskId& id) override {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(id);
    if (row == rows_.end()) return no_task(id);
    return row->second.task;
  }

  base::Result<std::vector<Task>> list(const TaskFilter& filter) override {
    const std::lock_guard lock(mutex_);
    std::vector<Task> page;
    const auto end = filter.before ? rows_.lower_bound(*filter.before) : rows_.end();
    for (auto row = std::make_reverse_iterator(end); row != rows_.rend(); ++row) {
      if (page.size() == filter.limit) break;
      const Task& task = row->second.task;
      if (filter.status && task.status != *filter.status) continue;
      if (!filter.circuit_type.empty() && task.circuit_type != filter.circuit_type) continue;
      page.push_back(task);
    }
    return page;
  }

  base::Result<Counts> counts() override {
    const std::lock_guard lock(mutex_);
    return counts_locked();
  }

  base::Result<Task> cancel(const TaskId& id, Time now) override {
    const Write write(*this);
    const auto row = rows_.find(id);
    if (row == rows_.end()) return no_task(id);
    Task& task = row->second.task;
    if (task::is_terminal(task.status)) {
      return Error{ErrorCode::conflict,
                   fmt::format("task {}: it is {} already", id.to_string(), name_of(task.status))};
    }
    finish(row->second, Status::cancelled, "cancelled", now);
    return task;
  }

  base::Result<Circuit> find_circuit(const CircuitId& id) override {
    const std::lock_guard lock(mutex_);
    const auto circuit = circuits_.find(id);
    if (circuit == circuits_.end()) {
      return Error{ErrorCode::not_found, fmt::format("circuit {}: there is none", id.value)};
    }
    return circuit->second;
  }

  base::Result<Circuit> find_circuit_by_key(const std::string& key_digest) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, circuit] : circuits_) {
      if (circuit.ready && circuit.key_digest == key_digest) return circuit;
    }
    return Error{ErrorCode::not_found, fmt::format("key {}: there is none", key_digest)};
  }

  base::Result<std::vector<Circuit>> circuits_of(const std::string& circuit_type) override {
    auto circuits =
        circuits_where([&](const Circuit& c) { return c.circuit_type == circuit_type; });
    std::ranges::sort(circuits, {}, [](const Circuit& c) { return std::pair(c.version, c.id); });
    return circuits;
  }

  base::Result<std::vector<Circuit>> registered_circuits(const std::string& after,
                                                         std::size_t limit) override {
    std::map<std::string, Circuit> latest;
    for (Circuit& circuit : circuits_where(
             [&](const Circuit& c) { return c.version > 0 && c.circuit_type > after; })) {
      Circuit& standing = latest[circuit.circuit_type];
      if (circuit.version > standing.version) standing = std::move(circuit);
    }
    std::vector<Circuit> circuits;
    for (auto& [type, circuit] : latest) {
      if (circuits.size() < limit) circuits.push_back(std::move(circuit));
    }
    return circuits;
  }

  base::Result<Circuit> register_circuit(const Circuit& circuit) override {
    const Write write(*this);
    std::uint64_t last = 0;
    for (auto& [id, standing] : circuits_) {
      if (standing.circuit_type != circuit.circuit_type) continue;
      last = std::max(last, standing.version);
      if (standing.circuit_digest == circuit.circuit_digest &&
          standing.key_digest == circuit.key_digest &&
          standing.program_digest == circuit.program_digest) {
        standing.failure.clear();
        return standing;
      }
    }
    const CircuitId id{fmt::format("{}@{}", circuit.circuit_type, last + 1)};
    Circuit& made = circuits_[id];
    made = circuit;
    made.id = id;
    made.version = last + 1;
    made.ready = true;
    made.proven = false;
    made.failure.clear();
    return made;
  }

  base::Status check() override { return {}; }

  std::unique_ptr<Subscription> subscribe(Listener listener) override {
    return board_.subscribe(std::move(listener));
  }

  base::Status take_leadership(Term term) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    term_ = term;
    return {};
  }

  base::Result<Term> last_term() override {
    const std::lock_guard lock(mutex_);
    return term_;
  }

  base::Result<std::vector<ClaimedTask>> claim(Term term, std::size_t limit, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    std::vector<Row*> due;
    for (auto& [id, row] : rows_) {
      const Task& task = row.task;
      if (task.status == Status::pending && task.not_before <= now &&
          circuits_.at(task.circuit).ready && (!task.deadline_at || *task.deadline_at > now)) {
        due.push_back(&row);
      }
    }
    std::ranges::sort(due, {}, [](const Row* row) {
      return std::pair(task::queue_rank(row->task.created_at, row->task.priority), row->task.id);
    });
    due.resize(std::min(due.size(), limit));

    std::vector<ClaimedTask> claimed;
    for (Row* row : due) {
      Task& task = row->task;
      task.attempt = task.attempt.next();
      task.worker = {};
      task.assigned_at = now;
      become(*row, Status::assigned);
      claimed.push_back({task, row->sealed_inputs, circuits_.at(task.circuit).memory_bytes});
    }
    return claimed;
  }

  base::Result<Outcome> assign(Term term, const TaskId& id, Attempt attempt, const WorkerId& worker,
                               Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    Row* row = standing(id, attempt);
    if (row == nullptr || row->task.status != Status::assigned || !row->task.worker.value.empty()) {
      return Outcome::superseded;
    }
    row->task.worker = worker;
    row->attempts.push_back({attempt, worker, term, now, {}, {}, {}});
    become(*row, Status::assigned);
    return Outcome::applied;
  }

  base::Result<Outcome> start(Term term, const TaskId& id, Attempt attempt, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    Row* row = standing(id, attempt);
    if (row == nullptr || row->task.status != Status::assigned) return Outcome::superseded;
    row->task.started_at = now;
    if (AttemptRecord* record = find_attempt(*row, attempt)) record->started_at = now;
    become(*row, Status::running);
    return Outcome::applied;
  }

  base::Status report_progress(Term term, const std::vector<Progress>& progress) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    for (const Progress& report : progress) {
      Row* row = standing(report.id, report.attempt);
      if (row == nullptr || !is_in_flight(row->task)) continue;
      row->task.progress = bounded_fraction(report.fraction);
      become(*row, row->task.status);
    }
    return {};
  }

  base::Result<Outcome> complete(Term term, const TaskId& id, Attempt attempt,
                                 const task::Proof& proof, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    const auto found = rows_.find(id);
    if (found == rows_.end() || task::is_terminal(found->second.task.status)) {
      return Outcome::superseded;
    }
    Row& row = found->second;
    if (AttemptRecord* record = find_attempt(row, attempt)) {
      record->ended_at = now;  // also if it was given up before
      record->outcome = name_of(Status::completed);
    }
    Circuit& circuit = circuits_.at(row.task.circuit);
    if (!circuit.proven) circuit.failure.clear();
    circuit.proven = true;
    row.task.proof = proof;
    row.task.progress = 1;
    row.task.circuit_digest = circuit.circuit_digest;
    row.task.key_digest = circuit.key_digest;
    finish(row, Status::completed, "superseded", now);
    return Outcome::applied;
  }

  base::Result<Outcome> release(Term term, const TaskId& id, Attempt attempt,
                                const Release& release, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    Row* row = standing(id, attempt);
    if (row == nullptr || !is_in_flight(row->task)) return Outcome::superseded;
    Task& task = row->task;
    if (release.failure) ++task.failures;
    task.not_before = release.not_before;
    task.memory_floor_bytes = std::max(task.memory_floor_bytes, release.memory_floor_bytes);
    task.assigned_at = task.started_at = std::nullopt;
    task.progress = 0;
    // A claim that no worker got leaves its number in the history too, so that attempts have no
    // gap.
    if (task.worker.value.empty()) row->attempts.push_back({attempt, {}, term, now, {}, {}, {}});
    end_attempt(*row, attempt, release.failure ? name_of(release.failure->code) : "released", now);
    become(*row, Status::pending);
    return Outcome::applied;
  }

  base::Result<Outcome> fail(Term term, const TaskId& id, Attempt attempt,
                             const task::Failure& failure, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    Row* row = standing(id, attempt);
    if (row == nullptr || task::is_terminal(row->task.status)) return Outcome::superseded;
    fail_row(*row, failure, now);
    return Outcome::applied;
  }

  base::Result<std::vector<TaskId>> fail_overdue(Term term, std::size_t limit, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    std::vector<TaskId> failed;
    for (auto& [id, row] : rows_) {
      if (failed.size() == limit) break;
      const Task& task = row.task;
      if (task::is_terminal(task.status) || !task.deadline_at || *task.deadline_at > now) continue;
      fail_row(row, {task::FailureCode::deadline_exceeded, kDeadlineMessage}, now);
      failed.push_back(id);
    }
    return failed;
  }

  base::Result<base::Bytes> sealed_inputs(const TaskId& id) override {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(id);
    if (row == rows_.end()) return no_task(id);
    if (task::is_terminal(row->second.task.status)) {
      return Error{ErrorCode::not_found,
                   fmt::format("task {}: its inputs are erased", id.to_string())};
    }
    return row->second.sealed_inputs;
  }

  base::Result<std::vector<Task>> in_flight() override {
    const std::lock_guard lock(mutex_);
    std::vector<Task> tasks;
    for (const auto& [id, row] : rows_) {
      if (is_in_flight(row.task)) tasks.push_back(row.task);
    }
    return tasks;
  }

  base::Result<std::optional<Time>> next_due(Time now) override {
    const std::lock_guard lock(mutex_);
    std::optional<Time> due;
    const auto consider = [&due](Time time) { due = due ? std::min(*due, time) : time; };
    for (const auto& [id, row] : rows_) {
      const Task& task = row.task;
      if (task::is_terminal(task.status)) continue;
      if (task.deadline_at) consider(*task.deadline_at);
      if (task.status == Status::pending && task.not_before > now) consider(task.not_before);
    }
    return due;
  }

  base::Result<std::vector<Circuit>> wanted_circuits() override {
    return circuits_where([](const Circuit& c) { return !c.ready && c.failure.empty(); });
  }

  base::Result<Circuit> publish_circuit(Term term, const Circuit& circuit) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    const auto [place, is_new] = circuits_.try_emplace(circuit.id, circuit);
    Circuit& standing = place->second;
    if (!is_new && standing.ready) return standing;
    const Time created_at = standing.created_at;
    standing = circuit;
    standing.created_at = created_at;
    standing.ready = true;
    standing.failure.clear();
    hints_.push_back({Hint::Kind::circuit_changed, {}, {}});
    return standing;
  }

  base::Result<std::vector<TaskId>> fail_circuit(Term term, const CircuitId& id,
                                                 const task::Failure& failure, Time now) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    std::vector<TaskId> failed;
    const auto circuit = circuits_.find(id);
    if (circuit == circuits_.end() || circuit->second.ready) return failed;
    circuit->second.failure = failure.message.empty() ? name_of(failure.code) : failure.message;
    hints_.push_back({Hint::Kind::circuit_changed, {}, {}});
    for (auto& [task_id, row] : rows_) {
      if (row.task.circuit != id || task::is_terminal(row.task.status)) continue;
      fail_row(row, failure, now);
      failed.push_back(task_id);
    }
    return failed;
  }

  base::Result<std::size_t> remove_finished(Term term, Time before, std::size_t limit) override {
    const Write write(*this);
    ZKP_CHECK(fence(term));
    std::size_t removed = 0;
    for (auto row = rows_.begin(); row != rows_.end() && removed < limit;) {
      const auto& finished_at = row->second.task.finished_at;
      if (!finished_at || *finished_at >= before) {
        ++row;
        continue;
      }
      keys_.erase(row->second.idempotency_key);
      row = rows_.erase(row);
      ++removed;
    }
    return removed;
  }

  base::Result<std::vector<AttemptRecord>> attempts_of(const TaskId& id) override {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(id);
    if (row == rows_.end()) return std::vector<AttemptRecord>{};
    return row->second.attempts;
  }

 private:
  // Holds the lock while a call writes, then posts what it noted in hints_.
  class Write {
   public:
    explicit Write(MemoryStore& store) : store_(store), lock_(store.mutex_) {}
    ~Write() { store_.board_.post(std::exchange(store_.hints_, {})); }
    Write(const Write&) = delete;
    Write& operator=(const Write&) = delete;

   private:
    MemoryStore& store_;
    std::lock_guard<std::mutex> lock_;
  };

  static constexpr const char* kDeadlineMessage = "the deadline passed before the proof was done";

  static Error no_task(const TaskId& id) {
    return {ErrorCode::not_found, fmt::format("task {}: there is none", id.to_string())};
  }
  static base::Result<Submitted> resubmit(const Row& row, const Submission& submission) {
    if (row.request_digest == submission.request_digest) return Submitted{row.task, false};
    return Error{ErrorCode::conflict, "idempotency key: it was used for another request"};
  }
  static double bounded_fraction(double fraction) {
    return std::isnan(fraction) ? 0 : std::clamp(fraction, 0.0, 1.0);
  }

  base::Status fence(Term term) const {
    if (term >= term_) return {};
    return Error{ErrorCode::failed_precondition,
                 fmt::format("term {}: term {} has taken over", term.value, term_.value)};
  }
  // The task, if this attempt is its latest.
  Row* standing(const TaskId& id, Attempt attempt) {
    const auto row = rows_.find(id);
    if (row == rows_.end() || row->second.task.attempt != attempt) return nullptr;
    return &row->second;
  }
  Counts counts_locked() const {
    Counts counts;
    for (const auto& [id, row] : rows_) ++count_of(counts, row.task.status);
    return counts;
  }
  static std::size_t& count_of(Counts& counts, Status status) {
    switch (status) {
      case Status::pending:
        return counts.pending;
      case Status::assigned:
        return counts.assigned;
      case Status::running:
        return counts.running;
      case Status::completed:
        return counts.completed;
      case Status::failed:
        return counts.failed;
      case Status::cancelled:
        return counts.cancelled;
    }
    ZKP_ASSERT(false);
  }
  template <class Predicate>
  std::vector<Circuit> circuits_where(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    std::vector<Circuit> circuits;
    for (const auto& [id, circuit] : circuits_) {
      if (predicate(circuit)) circuits.push_back(circuit);
    }
    return circuits;
  }

  void want_circuit(const Submission& submission) {
    auto [place, is_new] = circuits_.try_emplace(submission.circuit);
    Circuit& circuit = place->second;
    if (circuit.ready) return;
    if (is_new) {
      circuit.id = submission.circuit;
      circuit.circuit_type = submission.circuit_type;
      circuit.created_at = submission.now;
    }
    if (is_new || !circuit.failure.empty()) {
      circuit.failure.clear();
      hints_.push_back({Hint::Kind::circuit_changed, {}, {}});
    }
  }
  void become(Row& row, Status status) {
    row.task.status = status;
    hints_.push_back({Hint::Kind::task_changed, row.task.id, status});
  }
  void finish(Row& row, Status status, const char* outcome, Time now) {
    end_attempt(row, row.task.attempt, outcome, now);
    base::wipe(row.sealed_inputs.data(), row.sealed_inputs.size());
    row.sealed_inputs.clear();
    row.task.finished_at = now;
    become(row, status);
  }
  void fail_row(Row& row, const task::Failure& failure, Time now) {
    // Failures of a task's own inputs, time or size say nothing about its circuit, nor do those of
    // one worker.
    Circuit& circuit = circuits_.at(row.task.circuit);
    if (circuit.version > 0 && !circuit.proven && row.task.max_attempts >= kAttemptsThatJudge &&
        failure.code == task::FailureCode::attempts_exhausted) {
      circuit.failure = failure.message.empty() ? name_of(failure.code) : failure.message;
    }
    row.task.failure = failure;
    finish(row, Status::failed, name_of(failure.code), now);
  }

  std::mutex mutex_;
  std::map<TaskId, Row> rows_;
  std::unordered_map<std::string, TaskId> keys_;  // idempotency keys
  std::map<CircuitId, Circuit> circuits_;
  Term term_;
  std::vector<Hint> hints_;  // of the call that holds the lock
  HintBoard board_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace zkp::network::store
