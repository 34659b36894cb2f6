#pragma once

#include <vector>

#include "network/store/sqlite/connection.h"
#include "network/store/sqlite/writer.h"
#include "network/store/store.h"

// All that writes: each call is one operation of the writer's, undone if it fails. See store.h for
// what they mean.
namespace zkp::network::store::sqlite {

base::Result<Submitted> submit(Connection& connection, Hints& hints, const Submission& submission,
                               std::size_t most_pending);
base::Result<task::Task> cancel(Connection& connection, Hints& hints, const TaskId& id,
                                base::Time now);

base::Status take_leadership(Connection& connection, Term term);
// failed_precondition if a newer term has taken over. The first step of a leader's operation.
base::Status fence(Connection& connection, Term term);

base::Result<std::vector<ClaimedTask>> claim(Connection& connection, Hints& hints,
                                             std::size_t limit, base::Time now);

// The attempt of a task that a leader's operation is about.
struct Step {
  Term term;
  TaskId id;
  Attempt attempt;
  base::Time now;
};
base::Result<Outcome> assign(Connection& connection, Hints& hints, const Step& step,
                             const WorkerId& worker);
base::Result<Outcome> start(Connection& connection, Hints& hints, const Step& step);
base::Result<Outcome> complete(Connection& connection, Hints& hints, const Step& step,
                               const task::Proof& proof);
base::Result<Outcome> release(Connection& connection, Hints& hints, const Step& step,
                              const Store::Release& release);
base::Result<Outcome> fail(Connection& connection, Hints& hints, const Step& step,
                           const task::Failure& failure);
base::Status report_progress(Connection& connection, Hints& hints,
                             const std::vector<Store::Progress>& progress);
base::Result<std::vector<TaskId>> fail_overdue(Connection& connection, Hints& hints,
                                               std::size_t limit, base::Time now);

base::Result<Circuit> publish_circuit(Connection& connection, Hints& hints, const Circuit& circuit);
base::Result<Circuit> register_circuit(Connection& connection, const Circuit& circuit);
base::Result<std::vector<TaskId>> fail_circuit(Connection& connection, Hints& hints,
                                               const CircuitId& id, const task::Failure& failure,
                                               base::Time now);

base::Result<std::size_t> remove_finished(Connection& connection, base::Time before,
                                          std::size_t limit);

}  // namespace zkp::network::store::sqlite
