#include "network/consensus/solo/solo.h"

#include <future>

#include <gtest/gtest.h>

namespace zkp::network::consensus {
namespace {

TEST(Solo, LeadsFromTheStart) {
  Solo solo({.node_id = "coordinator-1", .address = "127.0.0.1:9090", .term = 7});
  std::promise<State> announced;
  ASSERT_TRUE(solo.start([&](const State& state) { announced.set_value(state); }).ok());
  const State state = announced.get_future().get();
  EXPECT_EQ(state.role, Role::leader);
  EXPECT_EQ(state.term, 7U);
  EXPECT_EQ(state.node_id, "coordinator-1");
  EXPECT_EQ(state.leader_id, "coordinator-1");
  EXPECT_EQ(state.leader_address, "127.0.0.1:9090");
  EXPECT_EQ(solo.state().term, 7U);
  EXPECT_STREQ(name_of(state.role), "leader");
}

TEST(Solo, SaysNothingAfterStop) {
  int calls = 0;
  {
    Solo solo({.node_id = "coordinator-1"});
    ASSERT_TRUE(solo.start([&](const State&) { ++calls; }).ok());
    solo.stop();
    EXPECT_EQ(calls, 1);
    solo.stop();
  }
  EXPECT_EQ(calls, 1);
}

TEST(Solo, MayBeStoppedWithoutAStart) {
  Solo solo({.node_id = "coordinator-1"});
  solo.stop();
}

// Waits for one Done.
class Outcome {
 public:
  Done done() {
    return [this](const base::Status& status) { promise_.set_value(status); };
  }
  base::Status get() { return promise_.get_future().get(); }

 private:
  std::promise<base::Status> promise_;
};

TEST(Solo, KeepsRecordsOfWorkers) {
  Solo solo({.node_id = "coordinator-1", .address = "127.0.0.1:9090"});
  ASSERT_TRUE(solo.start([](const State&) {}).ok());
  const WorkerRecord record{.draining = false, .quarantined = true, .reason = "a bad proof"};
  Outcome put, put_again, forget;
  solo.propose({"worker-1", record}, put.done());
  ASSERT_TRUE(put.get().ok());
  const auto before = solo.agreement();
  EXPECT_EQ(before->workers.at("worker-1"), record);
  solo.propose({"worker-1", record}, put_again.done());
  ASSERT_TRUE(put_again.get().ok());
  EXPECT_EQ(solo.agreement()->workers.size(), 1U);
  EXPECT_EQ(solo.state().applied_index, 2U);
  EXPECT_EQ(solo.state().commit_index, 2U);
  solo.propose({"worker-1", std::nullopt}, forget.done());
  ASSERT_TRUE(forget.get().ok());
  EXPECT_TRUE(solo.agreement()->workers.empty());
  EXPECT_EQ(before->workers.size(), 1U);
}

TEST(Solo, LetsADoneProposeAgain) {
  Solo solo({.node_id = "coordinator-1"});
  ASSERT_TRUE(solo.start([](const State&) {}).ok());
  Outcome second;
  solo.propose({"worker-1", WorkerRecord{}}, [&](const base::Status&) {
    solo.propose({"worker-2", WorkerRecord{}}, second.done());
  });
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(solo.agreement()->workers.size(), 2U);
}

TEST(Solo, AnswersEachRequestOnceThoughItStops) {
  int answers = 0;
  Solo solo({.node_id = "coordinator-1"});
  const auto count = [&](const base::Status& status) {
    if (!status.ok()) {
      EXPECT_EQ(status.error().code, base::ErrorCode::failed_precondition);
    }
    ++answers;
  };
  solo.propose({"worker-1", WorkerRecord{}}, count);
  EXPECT_EQ(answers, 1);
  ASSERT_TRUE(solo.start([](const State&) {}).ok());
  for (int i = 0; i < 10; ++i) solo.propose({"worker-1", WorkerRecord{}}, count);
  solo.stop();
  EXPECT_EQ(answers, 11);
  solo.propose({"worker-1", WorkerRecord{}}, count);
  solo.transfer("", count);
  EXPECT_EQ(answers, 13);
  EXPECT_EQ(solo.state().applied_index, 10U);
}

TEST(Solo, RefusesRecordsThatAreTooLong) {
  Solo solo({.node_id = "coordinator-1"});
  ASSERT_TRUE(solo.start([](const State&) {}).ok());
  const Command wrong[] = {{"", WorkerRecord{}},
                           {std::string(kMostWorkerIdBytes + 1, 'w'), WorkerRecord{}},
                           {"w", WorkerRecord{.reason = std::string(kMostReasonBytes + 1, 'r')}}};
  for (const Command& command : wrong) {
    Outcome outcome;
    solo.propose(command, outcome.done());
    const base::Status status = outcome.get();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, base::ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(solo.agreement()->workers.empty());
}

TEST(Solo, HasNoClusterToChange) {
  Solo solo({.node_id = "coordinator-1", .address = "127.0.0.1:9090"});
  ASSERT_TRUE(solo.start([](const State&) {}).ok());
  Outcome add, remove, transfer;
  solo.add_member({.id = "coordinator-2"}, add.done());
  solo.remove_member("coordinator-1", remove.done());
  solo.transfer("", transfer.done());
  for (Outcome* outcome : {&add, &remove, &transfer}) {
    const base::Status status = outcome->get();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, base::ErrorCode::failed_precondition);
  }
  ASSERT_EQ(solo.agreement()->members.size(), 1U);
  EXPECT_EQ(solo.agreement()->members[0].id, "coordinator-1");
  EXPECT_EQ(solo.agreement()->members[0].worker_address, "127.0.0.1:9090");
}

}  // namespace
}  // namespace zkp::network::consensus
