#pragma once

#include <vector>

#include "network/store/postgres/writer.h"
#include "network/store/store.h"

// All that writes: the calls to the functions of api/sql/postgres/0002_transitions.sql, and what
// their answers mean. See store.h for what they do.
namespace zkp::network::store::postgres {

// Hints for after the commit.
using Hints = std::vector<Hint>;

Call submit(const Submission& submission, std::size_t most_pending);
// What the answer to submit() says. `earlier`: the task that was submitted with the same key, which
// is to be read.
struct SubmitAnswer {
  std::optional<TaskId> earlier;
  bool circuit_is_new = false;
};
base::Result<SubmitAnswer> read_submitted(const Rows& rows);
// The task as it is when it has just been accepted.
task::Task accepted_task(const Submission& submission);

Call cancel(const TaskId& id, base::Time now);
base::Result<task::Task> read_cancelled(const Rows& rows, const TaskId& id);

Call take_leadership(Term term);
// Ends the connections of a leader that keeps a new one out.
extern const Statement kEvictLeaders;

// `number` is this call's own; `lost`: those of calls whose answers are not known, and which this
// one answers too.
Call claim(Term term, std::size_t limit, base::Time now, std::uint64_t number,
           const std::vector<std::uint64_t>& lost);
base::Result<std::vector<ClaimedTask>> read_claimed(const Rows& rows);

// The attempt of a task that a leader's call is about.
struct Step {
  Term term;
  TaskId id;
  Attempt attempt;
  base::Time now;
};
Call assign(const Step& step, const WorkerId& worker);
Call start(const Step& step);
Call complete(const Step& step, const task::Proof& proof);
Call release(const Step& step, const Store::Release& release);
Call fail(const Step& step, const task::Failure& failure);

Call report_progress(Term term, const std::vector<Store::Progress>& progress);
base::Result<Hints> read_progress_hints(const Rows& rows);
Call fail_overdue(Term term, std::size_t limit, base::Time now);
base::Result<std::vector<TaskId>> read_ids(const Rows& rows);

Call publish_circuit(Term term, const Circuit& circuit);
Call register_circuit(const Circuit& circuit);  // answers with its id
Call fail_circuit(Term term, const CircuitId& id, const task::Failure& failure, base::Time now);

Call remove_finished(Term term, base::Time before, std::size_t limit);

}  // namespace zkp::network::store::postgres
