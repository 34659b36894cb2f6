#include "network/scheduler/scheduler.h"

#include <algorithm>

namespace zkp::network::scheduler {
namespace {

constexpr std::size_t kMostOverdue = 256, kMostRemoved = 256;  // in one call of the store
constexpr base::Duration kClaimRetry = std::chrono::milliseconds(500);
constexpr base::Duration kRemoveEvery = std::chrono::minutes(10);
constexpr base::Duration kRemoveMore = std::chrono::seconds(1);

}  // namespace

Scheduler::Scheduler(const Options& options)
    : options_(options),
      random_(options.seed),
      workers_({.heartbeat = options.heartbeat,
                .lease = options.lease(),
                .most_workers = options.most_workers}),
      setups_({.lease = options.lease(),
               .most_at_a_time = options.most_setups,
               .most_failures = options.most_setup_failures}) {}

Effects Scheduler::on(Event event, base::Time now) {
  ZKP_ASSERT(took_over_ != std::holds_alternative<TookOver>(event));
  pass_time(now);
  std::visit([this](auto& e) { handle(e); }, event);
  run_timers();
  pump();
  return std::exchange(effects_, {});
}

base::Time Scheduler::next_tick() const {
  base::Time next = std::min({poll_at_, lease_check_at_, remove_at_});
  if (due_at_) next = std::min(next, *due_at_);
  if (survey_due_ && !surveying_) next = std::min(next, survey_not_before_);
  if (backlog_ && claim_not_before_ > now_) next = std::min(next, claim_not_before_);
  return next;
}

std::vector<WorkerView> Scheduler::workers() const {
  std::vector<WorkerView> views;
  for (const auto& [id, worker] : workers_.all()) {
    views.push_back({.id = id,
                     .health = workers_.health(worker, lease_now_),
                     .version = worker.version,
                     .kernels = worker.kernels,
                     .slots = worker.slots,
                     .used = worker.used,
                     .memory_bytes = worker.memory_bytes,
                     .loaded_keys = worker.loaded_keys.size(),
                     .last_heard = worker.last_heard});
  }
  return views;
}

// Ticks come at least every half heartbeat. More time than a heartbeat between two events was a
// pause of ours or a jump of the clock, not a silence of the workers'. A clock that was set back
// makes everything due, so that nothing sleeps until the old time comes again.
void Scheduler::pass_time(base::Time now) {
  if (took_over_) lease_now_ += std::clamp(now - now_, base::Duration(0), options_.heartbeat);
  if (now < now_) {
    poll_at_ = lease_check_at_ = remove_at_ = survey_not_before_ = claim_not_before_ = now;
    grace_until_ = now + options_.lease();
    due_at_.reset();
  }
  now_ = now;
}

void Scheduler::run_timers() {
  if (now_ >= lease_check_at_) {
    expire_leases();
    lease_check_at_ = now_ + std::max(options_.heartbeat / 2, base::Duration(1));
  }
  if (due_at_ && now_ >= *due_at_) {
    due_at_.reset();
    backlog_ = survey_due_ = true;
    fail_overdue();
  }
  if (now_ >= poll_at_) {
    poll_at_ = now_ + options_.poll;
    counters_.poll_cycles += 1;
    backlog_ = survey_due_ = count_due_ = true;
    fail_overdue();
  }
  if (now_ >= remove_at_) {
    remove_at_ = now_ + kRemoveEvery;
    if (!removing_) emit(RemoveFinished{now_ - options_.retention, kMostRemoved});
    removing_ = true;
  }
}

void Scheduler::expire_leases() {
  for (const WorkerId& worker : workers_.expire(lease_now_)) lose_worker(worker);
  std::vector<AttemptRef> expired;
  for (const auto& [task, flight] : flights_) {
    const bool leased = flight.phase == Phase::assigned || flight.phase == Phase::running;
    if (leased && flight.lease_until < lease_now_) expired.push_back(flight.ref);
  }
  for (const AttemptRef& ref : expired) {
    Flight& flight = *find(ref);
    tell(flight.worker, SendCancel{flight.worker, ref});
    lose(flight);
  }
  setups_.expire(lease_now_, effects_);
}

void Scheduler::fail_overdue() {
  if (failing_overdue_) return;
  failing_overdue_ = true;
  emit(FailOverdue{kMostOverdue});
}

// --- the store's answers -------------------------------------------------------------------------

void Scheduler::handle(TookOver& event) {
  took_over_ = true;
  grace_until_ = now_ + options_.lease();
  for (const task::Task& task : event.in_flight) {
    Flight& flight = flights_[task.id] = flight_of(task);
    if (task.worker.value.empty()) {
      release(flight, now_);
      continue;
    }
    flight.worker = task.worker;
    flight.phase = task.status == task::Status::running ? Phase::running : Phase::assigned;
    flight.lease_until = lease_now_ + options_.lease();
  }
  workers_.recall(event.workers, lease_now_, now_);
  setups_.want(event.wanted, lease_now_ + options_.heartbeat, effects_);
}

void Scheduler::handle(Claimed& event) {
  claiming_ = false;
  if (event.tasks.size() >= claim_limit_) backlog_ = true;
  for (ClaimedTask& claimed : event.tasks) {
    const auto last = last_workers_.find(claimed.task.id);
    const WorkerId last_worker = last == last_workers_.end() ? WorkerId{} : last->second;
    withdraw(claimed.task.id);
    Flight& flight = flights_[claimed.task.id] = flight_of(claimed.task);
    flight.last_worker = last_worker;
    flight.key_digest = std::move(claimed.key_digest);
    flight.key_memory_bytes = claimed.key_memory_bytes;
    flight.sealed_inputs = std::move(claimed.sealed_inputs);
    place(flight);
  }
}

void Scheduler::handle(ClaimFailed&) {
  claiming_ = false;
  claim_unknown_ = backlog_ = true;
  claim_not_before_ = now_ + kClaimRetry;
}

// No claim was under way since this was asked for, so what we do not know is nobody's.
void Scheduler::handle(InFlightListed& event) {
  claiming_ = claim_unknown_ = false;
  for (const task::Task& task : event.in_flight) {
    if (flights_.contains(task.id)) continue;
    release(flights_[task.id] = flight_of(task), now_);
  }
}

void Scheduler::handle(ListFailed&) {
  claiming_ = false;
  claim_not_before_ = now_ + kClaimRetry;
}

void Scheduler::handle(AssignmentRecorded& event) {
  Flight* flight = find(event.ref);
  if (flight == nullptr || flight->phase != Phase::recording) return;
  switch (event.result) {
    case AssignmentRecorded::Result::recorded:
      if (!connected(flight->worker)) {
        release(*flight, now_);
        return;
      }
      flight->phase = Phase::assigned;
      flight->lease_until = lease_now_ + options_.lease();
      counters_.tasks_assigned += 1;
      emit(SendAssign{flight->worker, event.ref});
      return;
    case AssignmentRecorded::Result::superseded:
      drop(event.ref.task);
      return;
    case AssignmentRecorded::Result::unusable:
      fail(*flight, std::move(event.failure));
      return;
  }
}

void Scheduler::handle(AttemptEnded& event) {
  if (const Flight* flight = find(event.ref); flight && flight->phase == Phase::ending) {
    drop(event.ref.task);
  }
  backlog_ = survey_due_ = true;
  if (const auto owed = acks_owed_.extract(event.ref)) {
    tell(owed.mapped(), SendAck{owed.mapped(), event.ref});
  }
}

void Scheduler::handle(ProofVerified& event) {
  using Verdict = ProofVerified::Verdict;
  if (const auto found = verifying_.find(event.worker); found != verifying_.end()) {
    found->second.erase(event.ref);
    if (found->second.empty()) verifying_.erase(found);
  }
  tell(event.worker, SendAck{event.worker, event.ref});
  Flight* flight = find(event.ref);
  const bool is_current = flight != nullptr && flight->phase == Phase::verifying;
  switch (event.verdict) {
    case Verdict::completed:
      if (flight != nullptr) workers_.note_key(event.worker, flight->key_digest);
      withdraw(event.ref.task);
      return;
    case Verdict::superseded:
      withdraw(event.ref.task);
      return;
    case Verdict::rejected:
      quarantine(event.worker, event.reason);
      if (is_current) {
        end_with_failure(*flight, {task::FailureCode::internal,
                                   "a worker's proof was not accepted: " + event.reason});
      }
      return;
    case Verdict::unusable:
      if (is_current) fail(*flight, {task::FailureCode::internal, event.reason});
      return;
  }
}

void Scheduler::handle(Surveyed& event) {
  surveying_ = false;
  if (!event.ok) {
    survey_outdated_ = false;
    return;  // the poll asks again
  }
  due_at_ = event.next_due;
  if (event.pending_count) counters_.queue_depth = *event.pending_count;
  if (std::exchange(survey_outdated_, false)) {
    survey_due_ = true;
  } else {
    setups_.want(event.wanted, lease_now_, effects_);
  }
}

void Scheduler::handle(OverdueFailed& event) {
  failing_overdue_ = false;
  for (const TaskId& task : event.tasks) withdraw(task);
  if (event.tasks.size() >= kMostOverdue) fail_overdue();
}

void Scheduler::handle(SetupChecked& event) {
  if (!setups_.on_checked(event, effects_)) return;
  survey_outdated_ = surveying_;
  backlog_ = true;
}

void Scheduler::handle(CircuitFailed& event) {
  setups_.on_circuit_failed(event);
  survey_outdated_ = surveying_;
}

void Scheduler::handle(FinishedRemoved& event) {
  removing_ = false;
  if (event.count >= kMostRemoved) remove_at_ = now_ + kRemoveMore;
}

void Scheduler::handle(TaskSubmitted&) { backlog_ = survey_due_ = true; }

// Attempts whose end we are writing ourselves are left alone: their answer says the same.
void Scheduler::handle(TaskEnded& event) {
  const auto found = flights_.find(event.task);
  if (found == flights_.end() || found->second.phase == Phase::verifying ||
      found->second.phase == Phase::ending) {
    return;
  }
  withdraw(event.task);
}

void Scheduler::handle(CircuitChanged&) { backlog_ = survey_due_ = true; }

}  // namespace zkp::network::scheduler
