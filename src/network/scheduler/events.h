#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "network/task/task.h"

// What the scheduler is told. Events of a worker come only after its WorkerJoined and before its
// WorkerLeft; answers come once for each effect that asks for one (effects.h).
namespace zkp::network::scheduler {

using task::Attempt;
using task::CircuitId;
using task::TaskId;
using task::WorkerId;

// One attempt of one task.
struct AttemptRef {
  TaskId task;
  Attempt attempt;
  friend auto operator<=>(const AttemptRef&, const AttemptRef&) = default;
};

// --- from the store -------------------------------------------------------------------------

// What the coordinators keep of a worker, over any number of leaders.
struct WorkerRecord {
  bool draining = false;     // told to drain, and not gone yet
  bool quarantined = false;  // gave a wrong proof
  std::string reason;        // of the quarantine
  friend bool operator==(const WorkerRecord&, const WorkerRecord&) = default;
};
using WorkerRecords = std::map<WorkerId, WorkerRecord>;

// The first event of all: what the store and the coordinators held when this leader took over.
struct TookOver {
  std::vector<task::Task> in_flight;
  std::vector<CircuitId> wanted;
  WorkerRecords workers;
};

struct ClaimedTask {
  task::Task task;
  base::Bytes sealed_inputs;  // opaque; handed on with RecordAssignment
  std::string key_digest;
  std::uint64_t key_memory_bytes = 0;  // predicted peak of a proof; 0: not known
};
struct Claimed {  // answers Claim
  std::vector<ClaimedTask> tasks;
};
struct ClaimFailed {};   // answers Claim: it may or may not have happened
struct InFlightListed {  // answers ListInFlight
  std::vector<task::Task> in_flight;
};
struct ListFailed {};  // answers ListInFlight

struct AssignmentRecorded {  // answers RecordAssignment
  AttemptRef ref;
  enum class Result {
    recorded,    // the worker's Assign is ready to be sent
    superseded,  // the task is terminal, or another attempt stands
    unusable,    // this task can never be sent: `failure`
  } result = Result::recorded;
  task::Failure failure;
};
struct AttemptEnded {  // answers Release and Fail, applied or superseded
  AttemptRef ref;
};
struct ProofVerified {  // answers Verify
  WorkerId worker;
  AttemptRef ref;
  enum class Verdict {
    completed,   // valid, and the task is completed with it
    superseded,  // the task was terminal already
    rejected,    // not a proof of what was asked for: `reason`
    unusable,    // the task itself is damaged and can never be completed: `reason`
  } verdict = Verdict::completed;
  std::string reason;
};
struct Surveyed {  // answers Survey
  bool ok = true;  // false: the store did not answer, and the rest means nothing
  std::optional<base::Time> next_due;
  std::vector<CircuitId> wanted;
  std::optional<std::size_t> pending_count;  // if it was asked for
};
struct OverdueFailed {  // answers FailOverdue
  std::vector<TaskId> tasks;
};
struct SetupChecked {  // answers PublishSetup
  CircuitId circuit;
  WorkerId worker;
  std::string problem;  // empty: the circuit has a key now, this one or an earlier one
};
struct CircuitFailed {  // answers FailCircuit
  CircuitId circuit;
};
struct FinishedRemoved {  // answers RemoveFinished
  std::size_t count = 0;
};

// Hints: the store has changed.
struct TaskSubmitted {};
struct TaskEnded {  // the task came to a terminal state, by whomever
  TaskId task;
};
struct CircuitChanged {};

// --- from workers ---------------------------------------------------------------------------

struct WorkerJoined {
  WorkerId worker;
  std::string version, kernels;
  std::size_t slots = 0;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> loaded_keys;
  std::vector<AttemptRef> running, finished;
  std::vector<CircuitId> setups_running;
  bool draining = false;
};
struct WorkerLeft {  // its connection is gone
  WorkerId worker;
};
struct WorkerDraining {
  WorkerId worker;
};
struct Progress {
  AttemptRef ref;
  double fraction = 0;
};
struct Heartbeat {
  WorkerId worker;
  std::vector<Progress> progress;  // of every attempt that it has
  std::vector<CircuitId> setups;
};
struct AttemptStarted {
  WorkerId worker;
  AttemptRef ref;
};
struct AttemptSucceeded {
  WorkerId worker;
  AttemptRef ref;
  task::Proof proof;
};
struct AttemptFailed {
  WorkerId worker;
  AttemptRef ref;
  task::Failure failure;
};
struct SetupSucceeded {
  WorkerId worker;
  CircuitId circuit;
  std::string r1cs_digest, zkey_digest;
};
struct SetupFailed {
  WorkerId worker;
  CircuitId circuit;
  std::string message;
};

// --- from operators -------------------------------------------------------------------------

struct DrainRequested {  // of a worker that is known
  WorkerId worker;
};

// Time has passed: next_tick() has come.
struct Tick {};

using Event =
    std::variant<TookOver, Claimed, ClaimFailed, InFlightListed, ListFailed, AssignmentRecorded,
                 AttemptEnded, ProofVerified, Surveyed, OverdueFailed, SetupChecked, CircuitFailed,
                 FinishedRemoved, TaskSubmitted, TaskEnded, CircuitChanged, WorkerJoined,
                 WorkerLeft, WorkerDraining, Heartbeat, AttemptStarted, AttemptSucceeded,
                 AttemptFailed, SetupSucceeded, SetupFailed, DrainRequested, Tick>;

}  // namespace zkp::network::scheduler
