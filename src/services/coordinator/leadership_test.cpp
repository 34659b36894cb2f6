#include <future>

#include <gmock/gmock.h>

#include "services/coordinator/test_cluster.h"
#include "services/coordinator/test_consensus.h"

// What becomes of workers and of what is known of them when leaders come and go.
namespace zkp::services::coordinator {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;

class LeadershipTest : public CoordinatorTest {
 protected:
  std::unique_ptr<Coordinator> start(CoordinatorOptions options = {}) {
    auto coordinator = Coordinator::start(options, {.store = *store_,
                                                    .artifacts = *artifacts_,
                                                    .consensus = consensus_,
                                                    .seal = seal_,
                                                    .clock = clock_,
                                                    .random = random_});
    EXPECT_TRUE(coordinator.ok());
    return std::move(coordinator).value();
  }
  // Connects without waiting for an answer.
  static WorkerPtr knock(Coordinator& coordinator, const std::string& worker) {
    auto session = std::make_shared<TestWorker>();
    v1::WorkerEvent event;
    *event.mutable_hello() = hello(worker);
    say(coordinator, session, std::move(event));
    return session;
  }
  static std::string next_redirect(const WorkerPtr& worker) {
    return worker->next(v1::Instruction::kRedirect).redirect().leader_address();
  }
  static base::Status drain(Coordinator& coordinator, const std::string& worker) {
    std::promise<base::Status> done;
    coordinator.administration().drain_worker(
        worker, [&](base::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
  // Waits until the agreement says so of the worker.
  bool wait_for_record(const std::string& worker, const network::consensus::WorkerRecord& record) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      const auto agreement = consensus_.agreement();
      const auto found = agreement->workers.find(worker);
      if (found != agreement->workers.end() && found->second == record) return true;
      std::this_thread::yield();
    }
    return false;
  }

  TestConsensus consensus_{"coordinator-1"};
};

TEST_F(LeadershipTest, AFollowerSendsWorkersToTheLeader) {
  const auto coordinator = start();
  consensus_.follow(3, "coordinator-2", "host:9091");
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  EXPECT_EQ(next_redirect(worker), "host:9091");
  worker->wait_until_closed();
}

TEST_F(LeadershipTest, AWorkerThatComesWhileNobodyLeadsHearsAtOnceWhoDoes) {
  CoordinatorOptions options;
  options.wait_for_leader = std::chrono::hours(1);
  const auto coordinator = start(options);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  consensus_.follow(3, "", "");
  consensus_.follow(4, "coordinator-2", "host:9091");
  EXPECT_EQ(next_redirect(worker), "host:9091");
}

TEST_F(LeadershipTest, AWorkerThatComesWhileNobodyLeadsIsWelcomeOnceThisNodeDoes) {
  publish_key();
  CoordinatorOptions options;
  options.wait_for_leader = std::chrono::hours(1);
  const auto coordinator = start(options);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  consensus_.lead(4);
  EXPECT_EQ(worker->next(v1::Instruction::kWelcome).welcome().term(), 4U);
  submit();
  next_assignment(worker);
}

TEST_F(LeadershipTest, AWorkerDoesNotWaitForEverForALeader) {
  CoordinatorOptions options;
  options.wait_for_leader = milliseconds(20);
  const auto coordinator = start(options);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  EXPECT_EQ(next_redirect(worker), "") << "others may know";
  worker->wait_until_closed();
}

TEST_F(LeadershipTest, ALeaderThatStepsDownSendsItsWorkersOn) {
  const auto coordinator = start();
  consensus_.lead(1);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  worker->next(v1::Instruction::kWelcome);
  consensus_.follow(2, "coordinator-3", "host:9092");
  EXPECT_EQ(next_redirect(worker), "host:9092");
}

TEST_F(LeadershipTest, AQuarantineIsAgreedOnAndTheNextLeaderKeepsIt) {
  publish_key();
  auto coordinator = start();
  consensus_.lead(1);
  const WorkerPtr liar = knock(*coordinator, "liar");
  liar->next(v1::Instruction::kWelcome);
  submit("7");
  const v1::AttemptRef ref = next_assignment(liar);
  succeed(*coordinator, liar, ref, prove(inputs_of("8")));
  liar->next(v1::Instruction::kAck);
  const std::string reason = "its public signals are not those of the request";
  EXPECT_TRUE(wait_for_record("liar", {.quarantined = true, .reason = reason}));
  coordinator.reset();

  TestConsensus other("coordinator-2");
  other.agree("liar", consensus_.agreement()->workers.at("liar"));
  const auto next = Coordinator::start({}, {.store = *store_,
                                            .artifacts = *artifacts_,
                                            .consensus = other,
                                            .seal = seal_,
                                            .clock = clock_,
                                            .random = random_})
                        .value();
  other.lead(2);
  const WorkerPtr again = knock(*next, "liar"), honest = knock(*next, "honest");
  again->next(v1::Instruction::kWelcome);
  EXPECT_EQ(next_assignment(honest).attempt(), ref.attempt() + 1);
  EXPECT_EQ(next->cluster().worker_counts.quarantined, 1U);
}

TEST_F(LeadershipTest, WhatWasNotAgreedOnIsProposedAgain) {
  CoordinatorOptions options;
  options.scheduler.heartbeat = milliseconds(50);
  options.scheduler.heartbeats_missed = 1000;
  const auto coordinator = start(options);
  consensus_.set_outcome(base::Error{ErrorCode::unavailable, "leadership was lost"});
  consensus_.lead(1);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (consensus_.proposals() < 2) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::yield();
  }
  consensus_.set_outcome({});
  EXPECT_TRUE(wait_for_record("worker-1", {}));
}

TEST_F(LeadershipTest, DrainIsAgreedOnAndThenToldToTheWorker) {
  publish_key();
  const auto coordinator = start();
  EXPECT_EQ(drain(*coordinator, "worker-1").error().code, ErrorCode::failed_precondition);
  consensus_.lead(1);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  worker->next(v1::Instruction::kWelcome);
  EXPECT_EQ(drain(*coordinator, "worker-2").error().code, ErrorCode::not_found);

  consensus_.set_outcome(base::Error{ErrorCode::unavailable, "leadership was lost"});
  EXPECT_EQ(drain(*coordinator, "worker-1").error().code, ErrorCode::unavailable);
  EXPECT_EQ(coordinator->cluster().worker_counts.draining, 0U);

  consensus_.set_outcome({});
  EXPECT_TRUE(drain(*coordinator, "worker-1").ok());
  EXPECT_TRUE(consensus_.agreement()->workers.at("worker-1").draining);
  worker->next(v1::Instruction::kDrain);
  EXPECT_EQ(coordinator->cluster().worker_counts.draining, 1U);
}

TEST_F(LeadershipTest, ADrainThatIsAgreedOnIsNotTakenBackBeforeItIsTold) {
  CoordinatorOptions options;
  options.scheduler.heartbeat = milliseconds(20);
  options.scheduler.heartbeats_missed = 10'000;
  options.scheduler.poll = milliseconds(20);
  const auto coordinator = start(options);
  consensus_.lead(1);
  const WorkerPtr worker = knock(*coordinator, "worker-1");
  worker->next(v1::Instruction::kWelcome);
  ASSERT_TRUE(wait_for_record("worker-1", {}));

  consensus_.hold();
  std::promise<base::Status> drained;
  coordinator->administration().drain_worker(
      "worker-1", [&](base::Status status) { drained.set_value(std::move(status)); });
  ASSERT_TRUE(wait_for_record("worker-1", {.draining = true}));
  // Ticks pass, at each of which the records are looked at.
  const std::uint64_t polls = coordinator->cluster().scheduler.poll_cycles;
  while (coordinator->cluster().scheduler.poll_cycles < polls + 5) std::this_thread::yield();
  EXPECT_TRUE(consensus_.agreement()->workers.at("worker-1").draining);
  consensus_.release();
  EXPECT_TRUE(drained.get_future().get().ok());
  worker->next(v1::Instruction::kDrain);
  EXPECT_TRUE(consensus_.agreement()->workers.at("worker-1").draining);
}

TEST_F(LeadershipTest, ChangesOfTheClusterGoToTheConsensus) {
  const auto coordinator = start();
  const auto done = [](const base::Status& status) { EXPECT_TRUE(status.ok()); };
  v1::CoordinatorAddress address;
  address.set_id("coordinator-4");
  coordinator->administration().add_coordinator(address, done);
  coordinator->administration().remove_coordinator("coordinator-1", done);
  coordinator->administration().transfer_leadership("coordinator-2", done);
  EXPECT_THAT(consensus_.asked(), testing::ElementsAre("add coordinator-4", "remove coordinator-1",
                                                       "transfer coordinator-2"));
}

TEST_F(LeadershipTest, AFollowerTellsWhatIsAgreedOn) {
  const auto coordinator = start();
  consensus_.agree("liar", {.quarantined = true, .reason = "a wrong proof"});
  consensus_.follow(3, "coordinator-2", "host:9091");
  const v1::ClusterDescription description = coordinator->administration().describe();
  EXPECT_EQ(description.coordinator_id(), "coordinator-1");
  EXPECT_EQ(description.role(), "follower");
  EXPECT_EQ(description.leader_id(), "coordinator-2");
  ASSERT_EQ(description.workers_size(), 1);
  EXPECT_TRUE(description.workers(0).quarantined());
  EXPECT_EQ(description.workers(0).reason(), "a wrong proof");
  EXPECT_EQ(description.workers(0).state(), "");
}

TEST_F(LeadershipTest, ANodeThatTakesPartNoMoreSaysSoOnce) {
  std::promise<std::string> why;
  CoordinatorOptions options;
  options.on_failure = [&](const std::string& text) { why.set_value(text); };
  const auto coordinator = start(options);
  consensus_.fail("the disk is full");
  consensus_.fail("the disk is full");
  EXPECT_EQ(why.get_future().get(), "the disk is full");
}

}  // namespace
}  // namespace zkp::services::coordinator
