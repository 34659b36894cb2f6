#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "network/task/task.h"

// The port to the truth about tasks and circuits. Drivers: memory, sqlite, postgres; one suite
// (conformance.h) says what each of them must do.
//
// Calls block and may come from any thread; a driver serves many callers with one commit. What a
// call acknowledged is on disk. Transitions are single statements that name the state they expect.
// Those that only a leader makes carry its term, and change nothing (failed_precondition) once a
// newer term has taken over.
namespace zkp::network::store {

using task::Attempt;
using task::CircuitId;
using task::TaskId;
using task::Term;
using task::WorkerId;

struct Submission {
  TaskId id;
  std::string circuit_type;
  CircuitId circuit;
  base::Bytes sealed_inputs;
  task::Options options;
  // Empty: none. The same key with the same digest returns the first task, with another digest is a
  // conflict. Kept as long as the task.
  std::string idempotency_key, request_digest;
  base::Time now;
};
struct Submitted {
  task::Task task;
  bool created;  // false: an earlier submission with the same idempotency key
};

struct TaskFilter {
  std::optional<task::Status> status;
  std::string circuit_type;      // empty: any
  std::optional<TaskId> before;  // the page after this id, newest first
  std::size_t limit = 50;
};

// What a worker needs, besides the key, to run an attempt.
struct ClaimedTask {
  task::Task task;  // assigned, with its new attempt
  base::Bytes sealed_inputs;
  std::uint64_t key_memory_bytes = 0;  // predicted peak of a proof with the circuit's key
};

// Whether a transition happened. `superseded`: the task is terminal, or another attempt stands.
enum class Outcome { applied, superseded };

struct Counts {
  std::size_t pending = 0, assigned = 0, running = 0, completed = 0, failed = 0, cancelled = 0;
};

// So many attempts that failed are the circuit's own fault, and not their workers'.
inline constexpr int kAttemptsThatJudge = 3;

// A circuit with its key pair. A built-in one is `wanted` until somebody has made the key; one that
// a client registered, version 1, 2, ... of its circuit_type, is ready at once.
struct Circuit {
  CircuitId id;  // registered: "circuit_type@version"
  std::string circuit_type;
  std::uint64_t version = 0;  // 0: built in
  bool ready = false;
  bool proven = false;                     // a proof made with its key has been verified
  std::string circuit_digest, key_digest;  // of the .r1cs and .zkey, "sha256:..."; artifacts
  std::string program_digest;              // of the .wasm; empty: built in
  std::string verification_key_json;
  std::string setup_kind;  // "development", "ceremony"
  std::uint64_t constraint_count = 0;
  std::uint64_t memory_bytes = 0;  // predicted peak of a proof
  // Why the last set-up failed or, of a registered circuit that is not proven yet, the last task
  // that used up kAttemptsThatJudge attempts or more; empty: none did.
  std::string failure;
  base::Time created_at{};
};

// Something may have changed: a hint, sent after the commit; the store is the truth. Hints may be
// merged or, from a database, late or lost.
struct Hint {
  enum class Kind { submitted, task_changed, circuit_changed } kind;
  TaskId id;            // of the task
  task::Status status;  // task_changed: the state it came to
};

class Store {
 public:
  virtual ~Store() = default;

  // --- for everyone ---------------------------------------------------------------------------

  // Accepts a task, and notes its circuit as wanted if nobody has its key, in one commit.
  // resource_exhausted if `most_pending` tasks are waiting already; conflict: see Submission.
  virtual base::Result<Submitted> submit(const Submission& submission,
                                         std::size_t most_pending) = 0;
  virtual base::Result<task::Task> find(const TaskId& id) = 0;  // not_found
  virtual base::Result<std::vector<task::Task>> list(const TaskFilter& filter) = 0;
  virtual base::Result<Counts> counts() = 0;
  // conflict if the task is terminal already, not_found if there is none. Erases the inputs.
  virtual base::Result<task::Task> cancel(const TaskId& id, base::Time now) = 0;

  virtual base::Result<Circuit> find_circuit(const CircuitId& id) = 0;  // not_found
  virtual base::Result<Circuit> find_circuit_by_key(const std::string& key_digest) = 0;
  // By version, then by id.
  virtual base::Result<std::vector<Circuit>> circuits_of(const std::string& circuit_type) = 0;
  // The latest version of each registered circuit_type after `after`, in their order.
  virtual base::Result<std::vector<Circuit>> registered_circuits(const std::string& after,
                                                                 std::size_t limit) = 0;
  // Makes the circuit the next version of its circuit_type; id and version are given here. One that
  // has the same three files already is returned instead, with its failure cleared.
  virtual base::Result<Circuit> register_circuit(const Circuit& circuit) = 0;

  // Is it reachable and of the expected version? For /ready.
  virtual base::Status check() = 0;

  // `listener` is called after commits, from a thread of the driver's; it must be quick and must
  // not call the store. Ends when the returned object is destroyed (which waits for a running
  // call).
  using Listener = std::function<void(const Hint&)>;
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };
  [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(Listener listener) = 0;

  // --- for the leader of `term` ---------------------------------------------------------------

  // From now on, older terms change nothing. failed_precondition if this one is older itself.
  virtual base::Status take_leadership(Term term) = 0;
  // The last term that took leadership; 0 if none ever did.
  virtual base::Result<Term> last_term() = 0;

  // Up to `limit` pending tasks whose time has come, whose circuit is ready and whose deadline has
  // not passed, lowest queue_rank first, become assigned, with attempt + 1 and no worker.
  virtual base::Result<std::vector<ClaimedTask>> claim(Term term, std::size_t limit,
                                                       base::Time now) = 0;
  // The claimed task goes to this worker; recorded in the task and in its history of attempts.
  virtual base::Result<Outcome> assign(Term term, const TaskId& id, Attempt attempt,
                                       const WorkerId& worker, base::Time now) = 0;
  virtual base::Result<Outcome> start(Term term, const TaskId& id, Attempt attempt,
                                      base::Time now) = 0;
  struct Progress {
    TaskId id;
    Attempt attempt;
    double fraction;
  };
  virtual base::Status report_progress(Term term, const std::vector<Progress>& progress) = 0;
  // A verified proof, of any attempt, completes any task that is not terminal. Erases the inputs.
  virtual base::Result<Outcome> complete(Term term, const TaskId& id, Attempt attempt,
                                         const task::Proof& proof, base::Time now) = 0;
  // The latest attempt ended without a result: back to pending. `failure`, if there is one, spends
  // the task's budget.
  struct Release {
    base::Time not_before;
    std::optional<task::Failure> failure;
    std::uint64_t memory_floor_bytes = 0;
  };
  virtual base::Result<Outcome> release(Term term, const TaskId& id, Attempt attempt,
                                        const Release& release, base::Time now) = 0;
  // The task fails; `attempt` is the latest. Erases the inputs.
  virtual base::Result<Outcome> fail(Term term, const TaskId& id, Attempt attempt,
                                     const task::Failure& failure, base::Time now) = 0;
  // Fails up to `limit` tasks whose deadline has passed; returns them.
  virtual base::Result<std::vector<TaskId>> fail_overdue(Term term, std::size_t limit,
                                                         base::Time now) = 0;
  // The inputs of a task that is not terminal, for checking a proof that another leader's claim, or
  // an earlier one, asked for. not_found once they are erased.
  virtual base::Result<base::Bytes> sealed_inputs(const TaskId& id) = 0;
  // Every task that is assigned or running: what a new leader takes over.
  virtual base::Result<std::vector<task::Task>> in_flight() = 0;
  // The earliest time at which the leader has something to do by itself (a not_before or a deadline
  // to come), if any.
  virtual base::Result<std::optional<base::Time>> next_due(base::Time now) = 0;

  virtual base::Result<std::vector<Circuit>> wanted_circuits() = 0;
  // The first writer wins: returns the circuit as it then stands.
  virtual base::Result<Circuit> publish_circuit(Term term, const Circuit& circuit) = 0;
  // Nobody could make the key: notes why, and fails the tasks that wait for it. The next submission
  // makes the circuit wanted again. Returns the failed tasks.
  virtual base::Result<std::vector<TaskId>> fail_circuit(Term term, const CircuitId& id,
                                                         const task::Failure& failure,
                                                         base::Time now) = 0;

  // Deletes up to `limit` terminal tasks that ended before `before`, with their attempts.
  virtual base::Result<std::size_t> remove_finished(Term term, base::Time before,
                                                    std::size_t limit) = 0;

  // The history of a task's attempts, oldest first: numbered from 1 without a gap.
  struct AttemptRecord {
    Attempt attempt;
    WorkerId worker;  // empty: claimed and given back, before any worker got it
    Term term;
    base::Time assigned_at{};
    std::optional<base::Time> started_at, ended_at;
    std::string outcome;  // empty while it runs; "completed", "released", a failure code, ...
  };
  virtual base::Result<std::vector<AttemptRecord>> attempts_of(const TaskId& id) = 0;
};

}  // namespace zkp::network::store
