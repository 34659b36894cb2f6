#pragma once

#include <map>

#include "network/store/conformance_fixture.h"

// Submission, lists, claims, deadlines, retention.
namespace zkp::network::store {

using namespace std::chrono_literals;
using base::ErrorCode;
using task::Status;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreConformance, SubmitKeepsWhatItWasGiven) {
  Submission wanted = submission("merkle_tree/3,2");
  wanted.options = {.priority = 7, .max_attempts = 2, .deadline = 600s};
  const Submitted submitted = ok(store_->submit(wanted, kNoLimit));
  EXPECT_TRUE(submitted.created);
  for (const task::Task& task : {submitted.task, find(wanted.id)}) {
    EXPECT_EQ(task.id, wanted.id);
    EXPECT_EQ(task.circuit_type, "merkle_tree");
    EXPECT_EQ(task.circuit.value, "merkle_tree/3,2");
    EXPECT_EQ(task.status, Status::pending);
    EXPECT_EQ(task.priority, 7);
    EXPECT_EQ(task.max_attempts, 2);
    EXPECT_EQ(task.attempt.value, 0U);
    EXPECT_EQ(task.failures, 0);
    EXPECT_EQ(task.worker.value, "");
    EXPECT_EQ(task.progress, 0);
    EXPECT_EQ(task.created_at, wanted.now);
    EXPECT_EQ(task.not_before, wanted.now);
    EXPECT_EQ(task.deadline_at, wanted.now + 600s);
    EXPECT_EQ(task.memory_floor_bytes, 0U);
    EXPECT_FALSE(task.assigned_at || task.started_at || task.finished_at || task.proof ||
                 task.failure);
  }
  EXPECT_EQ(find(submit()).deadline_at, std::nullopt);
}

TEST_P(StoreConformance, FindKnowsNoOtherTask) {
  submit();
  EXPECT_EQ(code_of(store_->find(submission().id)), ErrorCode::not_found);
}

TEST_P(StoreConformance, SubmitRefusesAnIdThatIsTaken) {
  const Submission first = submission();
  submit(first);
  Submission second = submission("test/2");
  second.id = first.id;
  EXPECT_EQ(code_of(store_->submit(second, kNoLimit)), ErrorCode::conflict);
  EXPECT_EQ(find(first.id).circuit.value, "test/1");
  EXPECT_EQ(code_of(store_->find_circuit({"test/2"})), ErrorCode::not_found);
}

TEST_P(StoreConformance, TheSameKeyAndBodyReturnTheFirstTask) {
  Submission first = submission();
  first.idempotency_key = "key";
  first.request_digest = "a";
  submit(first);
  Submission second = submission();
  second.idempotency_key = "key";
  second.request_digest = "a";
  const Submitted again = ok(store_->submit(second, kNoLimit));
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.task.id, first.id);
  EXPECT_EQ(code_of(store_->find(second.id)), ErrorCode::not_found);

  second.request_digest = "b";
  EXPECT_EQ(code_of(store_->submit(second, kNoLimit)), ErrorCode::conflict);
  EXPECT_EQ(ok(store_->counts()).pending, 1U);

  cancel(first.id);
  second.request_digest = "a";
  EXPECT_EQ(ok(store_->submit(second, kNoLimit)).task.status, Status::cancelled);
}

TEST_P(StoreConformance, TasksWithoutAKeyAreDifferent) {
  Submission first = submission(), second = submission();
  first.request_digest = second.request_digest = "a";
  EXPECT_TRUE(ok(store_->submit(first, kNoLimit)).created);
  EXPECT_TRUE(ok(store_->submit(second, kNoLimit)).created);
}

TEST_P(StoreConformance, AFullQueueRefusesAllButEarlierTasks) {
  Submission first = submission();
  first.idempotency_key = "key";
  submit(first);
  const TaskId other = submit();
  EXPECT_EQ(code_of(store_->submit(submission("new/1"), 2)), ErrorCode::resource_exhausted);
  EXPECT_EQ(code_of(store_->find_circuit({"new/1"})), ErrorCode::not_found);
  EXPECT_FALSE(ok(store_->submit(first, 2)).created);
  cancel(other);
  EXPECT_TRUE(ok(store_->submit(submission(), 2)).created);
}

TEST_P(StoreConformance, ListGivesPagesNewestFirst) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(submit());
  const auto page = [&](TaskFilter filter) {
    std::vector<TaskId> found;
    for (const auto& task : ok(store_->list(filter))) found.push_back(task.id);
    return found;
  };
  EXPECT_THAT(page({.limit = 2}), ElementsAre(ids[4], ids[3]));
  EXPECT_THAT(page({.before = ids[3], .limit = 2}), ElementsAre(ids[2], ids[1]));
  EXPECT_THAT(page({.before = ids[1], .limit = 2}), ElementsAre(ids[0]));
  EXPECT_THAT(page({.before = ids[0]}), IsEmpty());
  EXPECT_THAT(page({.limit = 0}), IsEmpty());
  cancel(ids[1]);
  cancel(ids[3]);
  const TaskId merkle = submit(submission("merkle_tree/1,1"));
  EXPECT_THAT(page({.status = Status::cancelled}), ElementsAre(ids[3], ids[1]));
  EXPECT_THAT(page({.status = Status::cancelled, .before = ids[3]}), ElementsAre(ids[1]));
  EXPECT_THAT(page({.circuit_type = "merkle_tree"}), ElementsAre(merkle));
  EXPECT_THAT(page({.status = Status::cancelled, .circuit_type = "merkle_tree"}), IsEmpty());
  EXPECT_THAT(page({.status = Status::cancelled, .circuit_type = "test", .before = ids[3]}),
              ElementsAre(ids[1]));
}

TEST_P(StoreConformance, CountsTellEveryState) {
  publish();
  std::vector<TaskId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(submit());
  claim();
  for (const TaskId& id : ids) assign(id, 1);
  start(ids[1], 1);
  complete(ids[2], 1);
  fail(ids[3], 1);
  cancel(ids[4]);
  submit();
  submit();
  const Counts counts = ok(store_->counts());
  EXPECT_EQ(counts.pending, 2U);
  EXPECT_EQ(counts.assigned, 1U);
  EXPECT_EQ(counts.running, 1U);
  EXPECT_EQ(counts.completed, 1U);
  EXPECT_EQ(counts.failed, 1U);
  EXPECT_EQ(counts.cancelled, 1U);
}

TEST_P(StoreConformance, ClaimTakesTheLowestRankFirst) {
  publish();
  const auto submit_with = [&](int priority) {
    Submission wanted = submission();
    wanted.options.priority = priority;
    return submit(wanted);
  };
  const TaskId ordinary = submit_with(5);
  const TaskId later = submit_with(5);
  const TaskId important = submit_with(9);
  now_ += 5min;
  const TaskId late_but_important = submit_with(9);  // four steps: four minutes sooner, not five
  EXPECT_THAT(claim(2), ElementsAre(important, ordinary));
  EXPECT_THAT(claim(), ElementsAre(later, late_but_important));
  EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreConformance, ClaimHandsOverTheTaskAndItsInputs) {
  publish();
  const Submission wanted = submission();
  submit(wanted);
  now_ += 3s;
  const auto claimed = ok(store_->claim(kTerm, 1, now_));
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].sealed_inputs, wanted.sealed_inputs);
  EXPECT_EQ(claimed[0].key_memory_bytes, circuit("test/1").memory_bytes);
  for (const task::Task& task : {claimed[0].task, find(wanted.id)}) {
    EXPECT_EQ(task.status, Status::assigned);
    EXPECT_EQ(task.attempt.value, 1U);
    EXPECT_EQ(task.worker.value, "");
    EXPECT_EQ(task.assigned_at, now_);
  }
  EXPECT_EQ(ok(store_->sealed_inputs(wanted.id)), wanted.sealed_inputs);
  EXPECT_EQ(code_of(store_->sealed_inputs(submission().id)), ErrorCode::not_found);
}

TEST_P(StoreConformance, ClaimWaitsForNotBefore) {
  const TaskId id = running_task();
  release(id, 1, {.not_before = now_ + 10s});
  now_ += 9'999ms;
  EXPECT_THAT(claim(), IsEmpty());
  now_ += 1ms;
  EXPECT_THAT(claim(), ElementsAre(id));
  EXPECT_EQ(find(id).attempt.value, 2U);
}

TEST_P(StoreConformance, ClaimLeavesWhatIsOverdue) {
  publish();
  Submission wanted = submission();
  wanted.options.deadline = 10s;
  submit(wanted);
  now_ += 10s;
  EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(StoreConformance, ClaimTakesOnlyTasksWhoseCircuitIsReady) {
  const TaskId waiting = submit(submission("test/1"));
  const TaskId other = submit(submission("test/2"));
  EXPECT_THAT(claim(), IsEmpty());
  publish("test/2");
  EXPECT_THAT(claim(), ElementsAre(other));
  publish("test/1");
  EXPECT_THAT(claim(), ElementsAre(waiting));
}

TEST_P(StoreConformance, OverdueTasksFailInWhateverState) {
  publish();
  std::vector<TaskId> ids;
  for (int i = 0; i < 3; ++i) {
    Submission wanted = submission();
    wanted.options.deadline = 60s;
    ids.push_back(submit(wanted));
  }
  const TaskId patient = submit();
  EXPECT_EQ(claim(2).size(), 2U);
  assign(ids[1], 1);
  start(ids[1], 1);
  EXPECT_THAT(ok(store_->fail_overdue(kTerm, 10, now_)), IsEmpty());
  now_ += 60s;
  EXPECT_EQ(ok(store_->fail_overdue(kTerm, 2, now_)).size(), 2U);
  EXPECT_EQ(ok(store_->fail_overdue(kTerm, 2, now_)).size(), 1U);
  EXPECT_THAT(ok(store_->fail_overdue(kTerm, 2, now_)), IsEmpty());
  for (const TaskId& id : ids) {
    const task::Task task = find(id);
    EXPECT_EQ(task.status, Status::failed);
    ASSERT_TRUE(task.failure.has_value());
    EXPECT_EQ(task.failure->code, task::FailureCode::deadline_exceeded);
    EXPECT_FALSE(task.failure->message.empty());
    EXPECT_EQ(task.finished_at, now_);
    EXPECT_EQ(code_of(store_->sealed_inputs(id)), ErrorCode::not_found);
  }
  EXPECT_EQ(find(patient).status, Status::pending);
  EXPECT_EQ(attempts(ids[1]).at(0).outcome, "deadline_exceeded");
}

TEST_P(StoreConformance, NextDueIsTheEarliestMoment) {
  EXPECT_EQ(ok(store_->next_due(now_)), std::nullopt);
  const TaskId id = running_task();
  EXPECT_EQ(ok(store_->next_due(now_)), std::nullopt);
  release(id, 1, {.not_before = now_ + 30s});
  EXPECT_EQ(ok(store_->next_due(now_)), now_ + 30s);
  const base::Time not_before = now_ + 30s;
  Submission wanted = submission();
  wanted.options.deadline = 10s;
  submit(wanted);
  EXPECT_EQ(ok(store_->next_due(now_)), wanted.now + 10s);
  cancel(wanted.id);
  EXPECT_EQ(ok(store_->next_due(now_)), not_before);
  EXPECT_EQ(ok(store_->next_due(not_before)), std::nullopt);
}

TEST_P(StoreConformance, RemoveFinishedTakesOldTerminalTasksOnly) {
  Submission with_key = submission();
  with_key.idempotency_key = "key";
  publish();
  submit(with_key);
  claim();
  assign(with_key.id, 1);
  complete(with_key.id, 1);
  const TaskId cancelled = submit();
  cancel(cancelled);
  const base::Time between = now_ + 1s;
  now_ += 2s;
  const TaskId recent = submit();
  cancel(recent);
  const TaskId waiting = submit();

  EXPECT_EQ(ok(store_->remove_finished(kTerm, between, 1)), 1U);
  EXPECT_EQ(ok(store_->remove_finished(kTerm, between, 10)), 1U);
  EXPECT_EQ(ok(store_->remove_finished(kTerm, between, 10)), 0U);
  EXPECT_EQ(ok(store_->remove_finished(kTerm, find(recent).finished_at.value(), 10)), 0U);
  EXPECT_EQ(code_of(store_->find(with_key.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(store_->find(cancelled)), ErrorCode::not_found);
  EXPECT_THAT(attempts(with_key.id), IsEmpty());
  EXPECT_EQ(find(recent).status, Status::cancelled);
  EXPECT_EQ(find(waiting).status, Status::pending);

  Submission again = submission();
  again.idempotency_key = "key";
  EXPECT_TRUE(ok(store_->submit(again, kNoLimit)).created);
}

TEST_P(StoreConformance, ChecksOut) { EXPECT_TRUE(store_->check().ok()); }

}  // namespace zkp::network::store
