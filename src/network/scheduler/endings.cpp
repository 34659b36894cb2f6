#include <algorithm>

#include <fmt/format.h>

#include "network/scheduler/scheduler.h"

// How attempts end.
namespace zkp::network::scheduler {
namespace {

constexpr std::size_t kMostLastWorkers = 4096;

}  // namespace

Scheduler::Flight Scheduler::flight_of(const task::Task& task) {
  Flight flight;
  flight.ref = {task.id, task.attempt};
  flight.circuit = task.circuit;
  flight.memory_floor_bytes = task.memory_floor_bytes;
  flight.failures = task.failures;
  flight.max_attempts = task.max_attempts;
  return flight;
}

bool Scheduler::occupies_slot(Phase phase) {
  return phase == Phase::recording || phase == Phase::assigned || phase == Phase::running;
}

bool Scheduler::connected(const WorkerId& worker) {
  const Worker* found = workers_.find(worker);
  return found != nullptr && found->connected;
}

Scheduler::Flight* Scheduler::find(const AttemptRef& ref) {
  const auto found = flights_.find(ref.task);
  return found == flights_.end() || found->second.ref != ref ? nullptr : &found->second;
}

// An attempt that this worker has been given and has not ended.
Scheduler::Flight* Scheduler::find_at_worker(const AttemptRef& ref, const WorkerId& worker) {
  Flight* flight = find(ref);
  const bool sent =
      flight != nullptr && (flight->phase == Phase::assigned || flight->phase == Phase::running);
  return sent && flight->worker == worker ? flight : nullptr;
}

std::vector<AttemptRef> Scheduler::attempts_at(const WorkerId& worker) const {
  std::vector<AttemptRef> refs;
  for (const auto& [task, flight] : flights_) {
    if (occupies_slot(flight.phase) && flight.worker == worker) refs.push_back(flight.ref);
  }
  return refs;
}

void Scheduler::vacate(Flight& flight) {
  if (!occupies_slot(flight.phase)) return;
  Worker* worker = workers_.find(flight.worker);
  if (worker != nullptr && worker->used > 0) worker->used -= 1;
}

void Scheduler::drop(const TaskId& task) {
  const auto found = flights_.find(task);
  if (found == flights_.end()) return;
  vacate(found->second);
  if (found->second.phase == Phase::waiting) std::erase(waiting_, task);
  flights_.erase(found);
}

// The task needs no attempt any more: whoever works on it stops.
void Scheduler::withdraw(const TaskId& task) {
  last_workers_.erase(task);
  const auto found = flights_.find(task);
  if (found == flights_.end()) return;
  const Flight& flight = found->second;
  if (flight.phase == Phase::assigned || flight.phase == Phase::running) {
    tell(flight.worker, SendCancel{flight.worker, flight.ref});
  }
  drop(task);
}

void Scheduler::end(Flight& flight) {
  vacate(flight);
  if (flight.phase != Phase::waiting) counters_.assignments_failed += 1;
  flight.phase = Phase::ending;
  flight.sealed_inputs = {};
}

void Scheduler::release(Flight& flight, base::Time not_before,
                        std::optional<task::Failure> failure) {
  if (!flight.worker.value.empty()) {
    last_workers_[flight.ref.task] = flight.worker;
    // Ids sort by time: the oldest task's is forgotten.
    if (last_workers_.size() > kMostLastWorkers) last_workers_.erase(last_workers_.begin());
  }
  end(flight);
  emit(Release{flight.ref, not_before, std::move(failure), flight.memory_floor_bytes});
}

void Scheduler::fail(Flight& flight, task::Failure failure) {
  last_workers_.erase(flight.ref.task);
  end(flight);
  emit(Fail{flight.ref, std::move(failure)});
}

// A worker reported this: it counts.
void Scheduler::end_with_failure(Flight& flight, task::Failure failure) {
  if (!is_retryable(failure.code)) {
    fail(flight, std::move(failure));
    return;
  }
  const int failures = flight.failures + 1;
  if (failures >= flight.max_attempts) {
    fail(flight, {task::FailureCode::attempts_exhausted,
                  fmt::format("failed {} times; the last: {}: {}", failures, name_of(failure.code),
                              failure.message)});
    return;
  }
  if (failure.code == task::FailureCode::out_of_memory) {
    const Worker* worker = workers_.find(flight.worker);
    const std::uint64_t had = worker == nullptr ? 0 : worker->memory_bytes;
    flight.memory_floor_bytes = std::max(flight.memory_floor_bytes, had);
  }
  release(flight, now_ + task::back_off(failures, random_.next_u64()), std::move(failure));
}

// Nobody is to blame, so it costs nothing; but an input that brings workers down must not bring
// them all down at once.
void Scheduler::lose(Flight& flight) {
  const auto losses = static_cast<int>(std::min<std::uint64_t>(flight.ref.attempt.value, 64)) - 1;
  release(flight, now_ + task::back_off(losses, random_.next_u64()));
}

void Scheduler::lose_worker(const WorkerId& worker) {
  for (const AttemptRef& ref : attempts_at(worker)) lose(*find(ref));
  setups_.on_lost(worker);
  if (connected(worker)) emit(Disconnect{worker, "nothing was heard of it for a whole lease"});
  workers_.lose(worker);
}

void Scheduler::quarantine(const WorkerId& worker, const std::string& reason) {
  Worker* found = workers_.find(worker);
  if (found == nullptr || found->record.quarantined) return;
  found->record.quarantined = true;
  found->record.reason = reason;
  emit(Quarantined{worker, reason});
  setups_.on_lost(worker);  // its next heartbeat is answered with a CancelSetup
  for (const AttemptRef& ref : attempts_at(worker)) {
    Flight& flight = *find(ref);
    if (flight.phase != Phase::recording) tell(worker, SendCancel{worker, ref});
    release(flight, now_);
  }
}

}  // namespace zkp::network::scheduler
