#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "network/scheduler/effects.h"
#include "network/scheduler/events.h"
#include "network/scheduler/setups.h"
#include "network/scheduler/workers.h"

namespace zkp::network::scheduler {

struct Options {
  base::Duration heartbeat = std::chrono::seconds(2);
  int heartbeats_missed = 3;  // after which a lease ends
  base::Duration poll = std::chrono::seconds(2);
  base::Duration retention = std::chrono::days(30);  // of finished tasks
  std::size_t most_workers = 1024;
  std::size_t most_setups = 2;  // at a time, in all
  int most_setup_failures = 3;
  std::uint64_t seed = 0;  // of the back-offs' jitter

  [[nodiscard]] base::Duration lease() const { return heartbeat * heartbeats_missed; }
};

struct Counters {
  std::uint64_t tasks_assigned = 0;
  std::uint64_t assignments_failed = 0;  // ended without a result
  std::uint64_t poll_cycles = 0;
  std::uint64_t queue_depth = 0;  // pending tasks, as of the last survey
};

struct WorkerView {
  WorkerId id;
  Health health = Health::active;
  std::string version, kernels;
  std::size_t slots = 0, used = 0;
  std::uint64_t memory_bytes = 0;
  std::size_t loaded_keys = 0;
  base::Time last_heard{};
};

// Decides what the leader does: which tasks to claim, who gets them, and what becomes of attempts
// that end, one way or another. A state machine: the same options and events give the same effects.
// One object serves one leadership; the first event is TookOver. Not for several threads at once.
//
// Invariants: a task has at most one attempt in flight; a worker never has more attempts than slots
// by an assignment of ours (it may bring more along); a claimed task is assigned, waits for a
// worker that is busy, or is given back at once.
class Scheduler {
 public:
  explicit Scheduler(const Options& options);

  // `now` may jump, forwards and back: no worker loses its lease by that.
  Effects on(Event event, base::Time now);
  // When on(Tick) is to be called, if nothing else happens before.
  [[nodiscard]] base::Time next_tick() const;

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::vector<WorkerView> workers() const;
  // To be kept for the next leader.
  [[nodiscard]] WorkerRecords worker_records() const { return workers_.records(); }
  [[nodiscard]] std::size_t in_flight_count() const { return flights_.size(); }

 private:
  enum class Phase {
    waiting,    // claimed; every worker that could hold it is busy
    recording,  // has a worker; the store is being told
    assigned,   // sent
    running,    // started
    verifying,  // its proof has come
    ending,     // the store is being told of its end
  };
  struct Flight {
    AttemptRef ref;
    Phase phase = Phase::waiting;
    CircuitId circuit;
    std::string key_digest;
    std::uint64_t key_memory_bytes = 0, memory_floor_bytes = 0;
    int failures = 0, max_attempts = 0;
    WorkerId last_worker;  // of the attempt before
    base::Bytes sealed_inputs;
    WorkerId worker;
    LeaseTime lease_until{};
    double fraction = 0;
  };
  static Flight flight_of(const task::Task& task);
  static bool occupies_slot(Phase phase);

  // events, from the store
  void handle(TookOver& event);
  void handle(Claimed& event);
  void handle(ClaimFailed& event);
  void handle(InFlightListed& event);
  void handle(ListFailed& event);
  void handle(AssignmentRecorded& event);
  void handle(AttemptEnded& event);
  void handle(ProofVerified& event);
  void handle(Surveyed& event);
  void handle(OverdueFailed& event);
  void handle(SetupChecked& event);
  void handle(CircuitFailed& event);
  void handle(FinishedRemoved& event);
  void handle(TaskSubmitted& event);
  void handle(TaskEnded& event);
  void handle(CircuitChanged& event);
  // events, from workers
  void handle(WorkerJoined& event);
  void handle(WorkerLeft& event);
  void handle(WorkerDraining& event);
  void handle(Heartbeat& event);
  void handle(AttemptStarted& event);
  void handle(AttemptSucceeded& event);
  void handle(AttemptFailed& event);
  void handle(SetupSucceeded& event);
  void handle(SetupFailed& event);
  // events, from operators and time
  void handle(DrainRequested& event);
  void handle(Tick&) {}

  // time
  void pass_time(base::Time now);
  void run_timers();
  void expire_leases();
  void fail_overdue();

  // what can be done now (placement.cpp)
  void pump();
  void place_waiting();
  void place(Flight& flight);
  void claim();
  void survey();

  // an attempt's ends (endings.cpp)
  Flight* find(const AttemptRef& ref);
  Flight* find_at_worker(const AttemptRef& ref, const WorkerId& worker);
  std::vector<AttemptRef> attempts_at(const WorkerId& worker) const;
  void vacate(Flight& flight);
  void drop(const TaskId& task);
  void withdraw(const TaskId& task);
  void release(Flight& flight, base::Time not_before,
               std::optional<task::Failure> failure = std::nullopt);
  void end(Flight& flight);
  void fail(Flight& flight, task::Failure failure);
  void end_with_failure(Flight& flight, task::Failure failure);
  void lose(Flight& flight);
  void lose_worker(const WorkerId& worker);
  void quarantine(const WorkerId& worker, const std::string& reason);

  void emit(Effect effect) { effects_.push_back(std::move(effect)); }
  bool connected(const WorkerId& worker);
  template <class Message>
  void tell(const WorkerId& worker, Message message) {
    if (connected(worker)) emit(std::move(message));
  }

  const Options options_;
  base::SeededRandom random_;
  Effects effects_;
  Counters counters_;

  base::Time now_{};
  LeaseTime lease_now_{};
  bool took_over_ = false;
  base::Time grace_until_{};  // workers of the last leader may still come

  Workers workers_;
  Setups setups_;
  std::map<TaskId, Flight> flights_;
  std::vector<TaskId> waiting_;               // flights that wait, the first claimed first
  std::map<TaskId, WorkerId> last_workers_;   // of tasks that were released, the latest ones
  std::map<AttemptRef, WorkerId> acks_owed_;  // once the store has it
  std::map<WorkerId, std::set<AttemptRef>> verifying_;

  // Is there something to claim? Cleared by a claim that brings less than it asked for.
  bool backlog_ = false;
  std::size_t claim_limit_ = 0;  // of the Claim under way
  bool claiming_ = false;        // Claim or ListInFlight is under way
  bool claim_unknown_ = false;   // a claim failed: it may have taken tasks that we do not know
  base::Time claim_not_before_{};

  bool survey_due_ = false, surveying_ = false, count_due_ = false;
  bool survey_outdated_ = false;  // the one under way does not know of a settled circuit
  bool failing_overdue_ = false, removing_ = false;
  base::Time survey_not_before_{}, poll_at_{}, lease_check_at_{}, remove_at_{};
  std::optional<base::Time> due_at_;
};

}  // namespace zkp::network::scheduler
