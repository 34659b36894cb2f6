#pragma once

#include "network/store/conformance_fixture.h"

// A task's way through its states, its attempts, and who may move it.
namespace zkp::network::store {

using namespace std::chrono_literals;
using base::ErrorCode;
using task::Status;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreConformance, AnAttemptGoesItsWay) {
  const TaskId id = claimed_task();
  EXPECT_EQ(code_of(store_->find(submission().id)), ErrorCode::not_found);
  EXPECT_EQ(assign(id, 1), Outcome::applied);
  EXPECT_EQ(find(id).worker.value, "worker-1");
  EXPECT_EQ(find(id).status, Status::assigned);
  EXPECT_EQ(assign(id, 1, "worker-2"), Outcome::superseded);
  now_ += 1s;
  EXPECT_EQ(start(id, 1), Outcome::applied);
  EXPECT_EQ(find(id).status, Status::running);
  EXPECT_EQ(find(id).started_at, now_);
  EXPECT_EQ(start(id, 1), Outcome::superseded);
  EXPECT_EQ(assign(id, 1), Outcome::superseded);
  now_ += 1s;
  EXPECT_EQ(complete(id, 1), Outcome::applied);
  const task::Task task = find(id);
  EXPECT_EQ(task.status, Status::completed);
  ASSERT_TRUE(task.proof.has_value());
  EXPECT_EQ(task.proof->proof_json, kProof.proof_json);
  EXPECT_EQ(task.proof->public_signals_json, kProof.public_signals_json);
  EXPECT_EQ(task.circuit_digest, "sha256:r1cs");
  EXPECT_EQ(task.key_digest, "sha256:key");
  EXPECT_EQ(task.progress, 1);
  EXPECT_EQ(task.finished_at, now_);
  EXPECT_EQ(task.worker.value, "worker-1");
  EXPECT_FALSE(task.failure.has_value());
}

TEST_P(StoreConformance, AttemptsLeaveTheirHistory) {
  const TaskId id = running_task();
  const base::Time first = now_;
  EXPECT_EQ(attempts(id).at(0).outcome, "");
  EXPECT_EQ(attempts(id).at(0).ended_at, std::nullopt);
  now_ += 1s;
  release(id, 1, {.not_before = now_, .failure = task::Failure{task::FailureCode::internal, "x"}});
  now_ += 1s;
  claim();
  assign(id, 2, "worker-2");
  now_ += 1s;
  release(id, 2, {.not_before = now_});
  claim();
  assign(id, 3, "worker-3");
  start(id, 3);
  complete(id, 3);
  const auto history = attempts(id);
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].attempt.value, 1U);
  EXPECT_EQ(history[0].worker.value, "worker-1");
  EXPECT_EQ(history[0].term, kTerm);
  EXPECT_EQ(history[0].assigned_at, first);
  EXPECT_EQ(history[0].started_at, first);
  EXPECT_EQ(history[0].ended_at, first + 1s);
  EXPECT_EQ(history[0].outcome, "internal");
  EXPECT_EQ(history[1].worker.value, "worker-2");
  EXPECT_EQ(history[1].started_at, std::nullopt);
  EXPECT_EQ(history[1].outcome, "released");
  EXPECT_EQ(history[2].outcome, "completed");
  EXPECT_THAT(attempts(submission().id), IsEmpty());
}

TEST_P(StoreConformance, AClaimThatNobodyTookLeavesItsNumber) {
  const TaskId id = claimed_task();
  now_ += 1s;
  release(id, 1, {.not_before = now_});
  claim();
  release(id, 2, {.not_before = now_});
  claim();
  assign(id, 3);
  const auto history = attempts(id);
  ASSERT_EQ(history.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(history[i].attempt.value, i + 1);
    EXPECT_EQ(history[i].worker.value, "");
    EXPECT_EQ(history[i].term, kTerm);
    EXPECT_EQ(history[i].started_at, std::nullopt);
    EXPECT_EQ(history[i].ended_at, now_);
    EXPECT_EQ(history[i].outcome, "released");
  }
  EXPECT_EQ(history[2].worker.value, "worker-1");
  EXPECT_EQ(history[2].outcome, "");
}

TEST_P(StoreConformance, ReleasePutsBackIntoTheQueue) {
  const TaskId id = running_task();
  ok(store_->report_progress(kTerm, {{id, {1}, 0.5}}));
  const task::Failure failure{task::FailureCode::out_of_memory, "x"};
  EXPECT_EQ(release(id, 1, {now_ + 5s, failure, 1000}), Outcome::applied);
  task::Task task = find(id);
  EXPECT_EQ(task.status, Status::pending);
  EXPECT_EQ(task.failures, 1);
  EXPECT_EQ(task.not_before, now_ + 5s);
  EXPECT_EQ(task.memory_floor_bytes, 1000U);
  EXPECT_EQ(task.worker.value, "worker-1") << "so that another one can be chosen";
  EXPECT_EQ(task.progress, 0);
  EXPECT_FALSE(task.failure || task.finished_at || task.assigned_at || task.started_at);
  EXPECT_EQ(release(id, 1, {now_}), Outcome::superseded);
  EXPECT_EQ(start(id, 1), Outcome::superseded);
  EXPECT_EQ(assign(id, 1), Outcome::superseded);

  now_ += 5s;
  claim();
  EXPECT_EQ(find(id).worker.value, "");
  EXPECT_EQ(release(id, 2, {now_}), Outcome::applied) << "claimed, but nobody took it";
  task = find(id);
  EXPECT_EQ(task.failures, 1) << "a lost worker spends nothing";
  EXPECT_EQ(task.memory_floor_bytes, 1000U) << "what is known of its need stays known";
}

TEST_P(StoreConformance, EventsOfAnOldAttemptChangeNothing) {
  const TaskId id = released_task();
  claim();
  assign(id, 2, "worker-2");
  EXPECT_EQ(assign(id, 1), Outcome::superseded);
  EXPECT_EQ(start(id, 1), Outcome::superseded);
  EXPECT_EQ(release(id, 1, {now_}), Outcome::superseded);
  EXPECT_EQ(fail(id, 1), Outcome::superseded);
  ok(store_->report_progress(kTerm, {{id, {1}, 0.5}}));
  const task::Task task = find(id);
  EXPECT_EQ(task.status, Status::assigned);
  EXPECT_EQ(task.worker.value, "worker-2");
  EXPECT_EQ(task.progress, 0);
}

TEST_P(StoreConformance, AProofOfAnOldAttemptCompletesTheTask) {
  const TaskId id = released_task();
  claim();
  assign(id, 2, "worker-2");
  start(id, 2);
  EXPECT_EQ(complete(id, 1), Outcome::applied);
  EXPECT_EQ(find(id).status, Status::completed);
  const auto history = attempts(id);
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].outcome, "completed");
  EXPECT_EQ(history[1].outcome, "superseded");
  EXPECT_EQ(history[1].ended_at, now_);
  EXPECT_EQ(complete(id, 2), Outcome::superseded);
}

TEST_P(StoreConformance, AProofCompletesATaskThatWaitsAgain) {
  const TaskId id = released_task();
  EXPECT_EQ(find(id).status, Status::pending);
  EXPECT_EQ(complete(id, 1), Outcome::applied);
  EXPECT_EQ(find(id).status, Status::completed);
  EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreConformance, ATerminalTaskStaysAsItIs) {
  publish();
  const std::vector<TaskId> ids = {submit(), submit(), submit()};
  claim();
  for (const TaskId& id : ids) assign(id, 1);
  complete(ids[0], 1);
  fail(ids[1], 1);
  cancel(ids[2]);
  for (const TaskId& id : ids) {
    const Status status = find(id).status;
    EXPECT_EQ(assign(id, 1), Outcome::superseded);
    EXPECT_EQ(start(id, 1), Outcome::superseded);
    EXPECT_EQ(complete(id, 1), Outcome::superseded);
    EXPECT_EQ(release(id, 1, {now_}), Outcome::superseded);
    EXPECT_EQ(fail(id, 1), Outcome::superseded);
    ok(store_->report_progress(kTerm, {{id, {1}, 0.25}}));
    EXPECT_EQ(code_of(store_->cancel(id, now_)), ErrorCode::conflict);
    EXPECT_EQ(find(id).status, status);
    EXPECT_NE(find(id).progress, 0.25);
  }
  EXPECT_FALSE(find(ids[1]).proof.has_value());
  EXPECT_FALSE(find(ids[2]).proof.has_value());
}

TEST_P(StoreConformance, FailSaysWhy) {
  const TaskId id = running_task();
  EXPECT_EQ(fail(id, 1), Outcome::applied);
  const task::Task task = find(id);
  EXPECT_EQ(task.status, Status::failed);
  ASSERT_TRUE(task.failure.has_value());
  EXPECT_EQ(task.failure->code, task::FailureCode::unsatisfied);
  EXPECT_EQ(task.failure->message, "constraint 3");
  EXPECT_EQ(task.finished_at, now_);
  EXPECT_EQ(attempts(id).at(0).outcome, "unsatisfied");
  const TaskId waiting = submit();
  EXPECT_EQ(fail(waiting, 0), Outcome::applied) << "a task that no worker can hold";
}

TEST_P(StoreConformance, CancelWorksInEveryStateButTheLast) {
  const TaskId id = running_task();
  const task::Task cancelled = ok(store_->cancel(id, now_));
  EXPECT_EQ(cancelled.status, Status::cancelled);
  EXPECT_EQ(cancelled.finished_at, now_);
  EXPECT_EQ(find(id).status, Status::cancelled);
  EXPECT_EQ(attempts(id).at(0).outcome, "cancelled");
  EXPECT_EQ(code_of(store_->cancel(submission().id, now_)), ErrorCode::not_found);
  const TaskId waiting = submit();
  EXPECT_EQ(ok(store_->cancel(waiting, now_)).status, Status::cancelled);
  EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreConformance, UnknownTasksAreSuperseded) {
  const TaskId id = submission().id;
  EXPECT_EQ(assign(id, 1), Outcome::superseded);
  EXPECT_EQ(start(id, 1), Outcome::superseded);
  EXPECT_EQ(complete(id, 1), Outcome::superseded);
  EXPECT_EQ(release(id, 1, {now_}), Outcome::superseded);
  EXPECT_EQ(fail(id, 1), Outcome::superseded);
  ok(store_->report_progress(kTerm, {{id, {1}, 0.25}}));
}

TEST_P(StoreConformance, ProgressStaysBetweenZeroAndOne) {
  const TaskId id = running_task();
  for (const auto& [reported, kept] :
       {std::pair{0.25, 0.25}, {7.0, 1.0}, {-1.0, 0.0}, {0.5, 0.5}, {std::nan(""), 0.0}}) {
    ok(store_->report_progress(kTerm, {{id, {1}, reported}}));
    EXPECT_EQ(find(id).progress, kept);
  }
}

TEST_P(StoreConformance, InFlightIsWhatANewLeaderTakesOver) {
  publish();
  const std::vector<TaskId> ids = {submit(), submit(), submit()};
  claim();
  assign(ids[0], 1);
  assign(ids[1], 1);
  start(ids[1], 1);
  cancel(ids[2]);
  submit();
  const auto tasks = ok(store_->in_flight());
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].id, ids[0]);
  EXPECT_EQ(tasks[0].status, Status::assigned);
  EXPECT_EQ(tasks[0].worker.value, "worker-1");
  EXPECT_EQ(tasks[1].id, ids[1]);
  EXPECT_EQ(tasks[1].status, Status::running);
}

TEST_P(StoreConformance, InputsAreErasedWhenTheTaskEnds) {
  publish();
  Submission overdue = submission();
  overdue.options.deadline = 10s;
  const std::vector<TaskId> ids = {submit(), submit(), submit(), submit(overdue)};
  claim();
  complete(ids[0], 1);
  fail(ids[1], 1);
  cancel(ids[2]);
  EXPECT_TRUE(store_->sealed_inputs(ids[3]).ok());
  ok(store_->fail_overdue(kTerm, 10, now_ + 10s));
  for (const TaskId& id : ids) {
    EXPECT_EQ(code_of(store_->sealed_inputs(id)), ErrorCode::not_found);
  }
}

TEST_P(StoreConformance, TheLatestTermLeads) {
  EXPECT_EQ(ok(store_->last_term()), kTerm);
  EXPECT_TRUE(store_->take_leadership(kTerm).ok());
  EXPECT_TRUE(store_->take_leadership({9}).ok());
  EXPECT_EQ(code_of(store_->take_leadership({8})), ErrorCode::failed_precondition);
  EXPECT_EQ(ok(store_->last_term()).value, 9U);
}

TEST_P(StoreConformance, NobodyHasLedANewStore) {
  const auto folder = folder_ / "another";
  std::filesystem::create_directory(folder);
  EXPECT_EQ(ok(GetParam().open(folder)->last_term()).value, 0U);
}

TEST_P(StoreConformance, AnOlderTermChangesNothing) {
  const TaskId id = running_task();
  const TaskId waiting = submit();
  Submission hurried = submission("test/2");
  hurried.options.deadline = 1s;
  submit(hurried);
  now_ += 1s;
  ok(store_->take_leadership(kTerm.next()));
  constexpr auto kFenced = ErrorCode::failed_precondition;
  EXPECT_EQ(code_of(store_->claim(kTerm, 10, now_)), kFenced);
  EXPECT_EQ(code_of(store_->assign(kTerm, id, {1}, {"worker-2"}, now_)), kFenced);
  EXPECT_EQ(code_of(store_->start(kTerm, id, {1}, now_)), kFenced);
  EXPECT_EQ(code_of(store_->report_progress(kTerm, {{id, {1}, 0.5}})), kFenced);
  EXPECT_EQ(code_of(store_->complete(kTerm, id, {1}, kProof, now_)), kFenced);
  EXPECT_EQ(code_of(store_->release(kTerm, id, {1}, {now_}, now_)), kFenced);
  EXPECT_EQ(code_of(store_->fail(kTerm, id, {1}, kFailure, now_)), kFenced);
  EXPECT_EQ(code_of(store_->fail_overdue(kTerm, 10, now_)), kFenced);
  EXPECT_EQ(code_of(store_->publish_circuit(kTerm, circuit("test/2"))), kFenced);
  EXPECT_EQ(code_of(store_->fail_circuit(kTerm, {"test/2"}, kFailure, now_)), kFenced);
  EXPECT_EQ(code_of(store_->remove_finished(kTerm, now_ + 1s, 10)), kFenced);
  EXPECT_EQ(find(id).status, Status::running);
  EXPECT_EQ(find(id).progress, 0);
  EXPECT_EQ(find(waiting).status, Status::pending);
  EXPECT_EQ(find(hurried.id).status, Status::pending);
  EXPECT_FALSE(ok(store_->find_circuit({"test/2"})).ready);
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, "");
  EXPECT_EQ(ok(store_->claim(kTerm.next(), 10, now_)).size(), 1U);
}

}  // namespace zkp::network::store
