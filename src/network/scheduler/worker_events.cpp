#include <algorithm>

#include "network/scheduler/scheduler.h"

// What workers say.
namespace zkp::network::scheduler {
namespace {

constexpr std::size_t kMostVerifying = 256;  // proofs of one worker

bool contains(const std::vector<AttemptRef>& refs, const AttemptRef& ref) {
  return std::ranges::find(refs, ref) != refs.end();
}

}  // namespace

// Adopts what the worker runs and should run, stops what it should not, and gives to others what it
// should have and has not. A finished attempt keeps its lease: its result comes next.
void Scheduler::handle(WorkerJoined& event) {
  const WorkerId& id = event.worker;
  if (!workers_.join(event, lease_now_, now_)) {
    emit(Disconnect{id, "there are too many workers"});
    return;
  }
  emit(Welcome{id});
  if (workers_.find(id)->record.draining && !event.draining) emit(SendDrain{id});
  workers_.find(id)->used = attempts_at(id).size();
  for (const AttemptRef& ref : attempts_at(id)) {
    Flight& flight = *find(ref);
    if (flight.phase == Phase::recording) continue;
    if (contains(event.running, ref)) {
      flight.lease_until = lease_now_ + options_.lease();
      if (flight.phase == Phase::assigned) emit(RecordStart{ref});
      flight.phase = Phase::running;
    } else if (contains(event.finished, ref)) {
      flight.lease_until = lease_now_ + options_.lease();
    } else {
      release(flight, now_);
    }
  }
  for (const AttemptRef& ref : event.running) {
    if (find_at_worker(ref, id) == nullptr) emit(SendCancel{id, ref});
  }
  setups_.on_joined(event, lease_now_, effects_);
  backlog_ = true;
}

// The leases go on, so that a worker whose connection broke can come back to its attempts. One that
// was leaving does not come back; if it does, it is a new one.
void Scheduler::handle(WorkerLeft& event) {
  Worker* worker = workers_.find(event.worker);
  if (worker == nullptr || !worker->connected) return;
  worker->connected = false;
  if (!worker->draining) return;
  worker->record.draining = false;
  for (const AttemptRef& ref : attempts_at(event.worker)) release(*find(ref), now_);
  lose_worker(event.worker);
}

void Scheduler::handle(WorkerDraining& event) {
  workers_.heard(event.worker, lease_now_, now_);
  if (Worker* worker = workers_.find(event.worker)) worker->draining = true;
}

void Scheduler::handle(DrainRequested& event) {
  Worker* worker = workers_.find(event.worker);
  if (worker == nullptr || !worker->alive) return;
  worker->draining = worker->record.draining = true;
  tell(event.worker, SendDrain{event.worker});
}

void Scheduler::handle(Heartbeat& event) {
  workers_.heard(event.worker, lease_now_, now_);
  ReportProgress report;
  for (const Progress& progress : event.progress) {
    if (Flight* flight = find_at_worker(progress.ref, event.worker)) {
      flight->lease_until = lease_now_ + options_.lease();
      const double fraction = std::clamp(progress.fraction, 0.0, 1.0);
      if (flight->phase != Phase::running || !(fraction > flight->fraction)) continue;
      flight->fraction = fraction;
      report.progress.push_back({progress.ref, fraction});
    } else if (const Flight* other = find(progress.ref); !other || other->worker != event.worker) {
      tell(event.worker, SendCancel{event.worker, progress.ref});
    }
  }
  if (!report.progress.empty()) emit(std::move(report));
  setups_.on_heartbeat(event, lease_now_, effects_);
}

void Scheduler::handle(AttemptStarted& event) {
  workers_.heard(event.worker, lease_now_, now_);
  Flight* flight = find_at_worker(event.ref, event.worker);
  if (flight == nullptr) {
    if (find(event.ref) == nullptr) tell(event.worker, SendCancel{event.worker, event.ref});
    return;
  }
  flight->lease_until = lease_now_ + options_.lease();
  if (flight->phase == Phase::running) return;
  flight->phase = Phase::running;
  emit(RecordStart{event.ref});
}

// Every proof is looked at, of old attempts too: a valid one completes its task.
void Scheduler::handle(AttemptSucceeded& event) {
  workers_.heard(event.worker, lease_now_, now_);
  std::set<AttemptRef>& verifying = verifying_[event.worker];
  if (verifying.size() >= kMostVerifying && !verifying.contains(event.ref)) {
    if (connected(event.worker)) {
      emit(Disconnect{event.worker, "it sends proofs faster than they can be checked"});
      WorkerLeft left{event.worker};
      handle(left);
    }
    return;
  }
  if (!verifying.insert(event.ref).second) return;
  if (Flight* flight = find_at_worker(event.ref, event.worker)) {
    vacate(*flight);
    flight->phase = Phase::verifying;
  }
  emit(Verify{event.worker, event.ref, std::move(event.proof)});
}

void Scheduler::handle(AttemptFailed& event) {
  workers_.heard(event.worker, lease_now_, now_);
  if (Flight* flight = find_at_worker(event.ref, event.worker)) {
    acks_owed_[event.ref] = event.worker;
    end_with_failure(*flight, std::move(event.failure));
  } else if (!acks_owed_.contains(event.ref)) {
    tell(event.worker, SendAck{event.worker, event.ref});
  }
}

void Scheduler::handle(SetupSucceeded& event) {
  workers_.heard(event.worker, lease_now_, now_);
  setups_.on_succeeded(event, effects_);
}

void Scheduler::handle(SetupFailed& event) {
  workers_.heard(event.worker, lease_now_, now_);
  setups_.on_failed(event, effects_);
}

}  // namespace zkp::network::scheduler
