#include "network/scheduler/scheduler.h"

#include <gtest/gtest.h>

#include "network/scheduler/test_world.h"

// Readable scenarios: what happens on the left, what workers are told on the right.
namespace zkp::network::scheduler {
namespace {

using task::FailureCode;
using task::Status;
using namespace std::chrono_literals;

constexpr auto ref = &TestWorld::ref;
constexpr auto hello = [](const std::string& worker, std::size_t slots = 1,
                          std::uint64_t memory = 8'000) {
  return TestWorld::hello(worker, slots, memory);
};

class SchedulerTest : public testing::Test {
 protected:
  void start(const std::vector<WorkerJoined>& workers) {
    world.take_over();
    for (const WorkerJoined& worker : workers) world.tell(worker);
    world.sent();
  }
  const task::Task& task(int number) { return world.rows.at(TestWorld::id(number)).task; }
  void starts(int number, std::uint64_t attempt, const std::string& worker) {
    world.tell(AttemptStarted{{worker}, ref(number, attempt)});
  }
  void succeeds(int number, std::uint64_t attempt, const std::string& worker,
                const std::string& proof = "good") {
    std::erase(world.beating[{worker}], ref(number, attempt));
    world.tell(AttemptSucceeded{{worker}, ref(number, attempt), {.proof_json = proof}});
  }
  void fails(int number, std::uint64_t attempt, const std::string& worker, FailureCode code) {
    std::erase(world.beating[{worker}], ref(number, attempt));
    world.tell(AttemptFailed{{worker}, ref(number, attempt), {code, "it broke"}});
  }
  void falls_silent(const std::string& worker) { world.beating.erase({worker}); }

  TestWorld world;
};

TEST_F(SchedulerTest, CarriesATaskFromSubmissionToItsProofWithoutWaiting) {
  start({hello("w1")});
  EXPECT_EQ(world.submit(), 1);
  EXPECT_EQ(world.sent(), "assign t1#1 w1");
  EXPECT_EQ(task(1).worker.value, "w1");
  starts(1, 1, "w1");
  EXPECT_EQ(task(1).status, Status::running);
  succeeds(1, 1, "w1");
  EXPECT_EQ(task(1).status, Status::completed);
  EXPECT_EQ(world.sent(), "ack t1#1 w1");
  EXPECT_EQ(world.scheduler().in_flight_count(), 0U);
  EXPECT_EQ(world.scheduler().counters().tasks_assigned, 1U);
}

TEST_F(SchedulerTest, AFreedSlotTakesTheNextTaskAtOnce) {
  start({hello("w1")});
  world.submit();
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w1");
  EXPECT_EQ(task(2).status, Status::pending) << "a task is claimed for a free slot only";
  succeeds(1, 1, "w1");
  EXPECT_EQ(world.sent(), "ack t1#1 w1; assign t2#1 w1");
}

TEST_F(SchedulerTest, ThePollFindsWhatNoHintTold) {
  start({hello("w1")});
  world.rows[TestWorld::id(9)].task.id = TestWorld::id(9);
  world.beating[{"w1"}];
  world.pass(2s);
  EXPECT_EQ(world.sent(), "assign t9#1 w1");
}

TEST_F(SchedulerTest, PrefersTheWorkerThatHasTheKeyButLeavesNoSlotIdle) {
  WorkerJoined warm = hello("w2");
  warm.loaded_keys = {"key"};
  start({hello("w1", 3), warm});
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w2");
  world.submit();
  EXPECT_EQ(world.sent(), "assign t2#1 w1");
}

TEST_F(SchedulerTest, SpendsTheBudgetOnReportedFailuresAndChangesTheWorker) {
  start({hello("w1", 4), hello("w2")});
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w1");
  fails(1, 1, "w1", FailureCode::internal);
  EXPECT_EQ(world.sent(), "ack t1#1 w1");
  EXPECT_EQ(task(1).status, Status::pending);
  EXPECT_GE(task(1).not_before, world.now + 100ms);
  world.beating = {{{"w1"}, {}}, {{"w2"}, {}}};
  world.pass(200ms);
  EXPECT_EQ(world.sent(), "assign t1#2 w2");
  fails(1, 2, "w2", FailureCode::internal);
  world.pass(400ms);
  EXPECT_EQ(world.sent(), "ack t1#2 w2; assign t1#3 w1");
  fails(1, 3, "w1", FailureCode::internal);
  EXPECT_EQ(task(1).status, Status::failed);
  EXPECT_EQ(task(1).failure->code, FailureCode::attempts_exhausted);
  EXPECT_EQ(task(1).failure->message, "failed 3 times; the last: internal: it broke");
  EXPECT_EQ(world.sent(), "ack t1#3 w1");
}

TEST_F(SchedulerTest, DoesNotTryAgainWhatCannotSucceed) {
  for (const FailureCode code :
       {FailureCode::invalid_input, FailureCode::unsatisfied, FailureCode::witness_error}) {
    TestWorld other;
    other.take_over();
    other.tell(hello("w1"));
    other.submit();
    other.tell(AttemptFailed{{"w1"}, ref(1, 1), {code, "no"}});
    EXPECT_EQ(other.rows.at(TestWorld::id(1)).task.status, Status::failed);
    EXPECT_EQ(other.rows.at(TestWorld::id(1)).task.failure->code, code);
  }
}

TEST_F(SchedulerTest, OutOfMemoryGoesToALargerWorkerOnly) {
  start({hello("w1", 4, 4'000), hello("w2", 1, 8'000)});
  world.submit({.key_memory_bytes = 3'000});
  EXPECT_EQ(world.sent(), "assign t1#1 w1");
  fails(1, 1, "w1", FailureCode::out_of_memory);
  EXPECT_EQ(task(1).memory_floor_bytes, 4'000U);
  world.beating = {{{"w1"}, {}}, {{"w2"}, {}}};
  world.pass(200ms);
  EXPECT_EQ(world.sent(), "ack t1#1 w1; assign t1#2 w2");
  world.pass(7s);  // past the grace in which larger workers may still come
  fails(1, 2, "w2", FailureCode::out_of_memory);
  world.pass(400ms);
  EXPECT_EQ(task(1).status, Status::failed);
  EXPECT_EQ(task(1).failure->code, FailureCode::out_of_memory);
  EXPECT_EQ(task(1).failure->message,
            "the proof needs a worker with more than 0 MiB, which was not enough; the largest has "
            "0 MiB");
}

TEST_F(SchedulerTest, ATaskTooLargeForEveryWorkerFailsOnceAllHadTimeToCome) {
  start({hello("w1")});
  world.submit({.key_memory_bytes = 9'000});
  EXPECT_EQ(task(1).status, Status::pending);
  world.beating[{"w1"}];
  world.pass(9s);
  EXPECT_EQ(task(1).status, Status::failed);
  EXPECT_EQ(world.sent(), "");
}

TEST_F(SchedulerTest, ALargeTaskWaitsForTheLargeWorkerAndIsNotOvertaken) {
  start({hello("small", 2, 1'000), hello("large", 1, 8'000)});
  world.submit({.key_memory_bytes = 5'000});
  world.submit({.key_memory_bytes = 5'000});
  world.submit();
  world.submit();
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 large; assign t3#1 small; assign t4#1 small");
  succeeds(1, 1, "large");
  EXPECT_EQ(world.sent(), "ack t1#1 large; assign t2#1 large");
}

TEST_F(SchedulerTest, ALostWorkersTaskGoesElsewhereAndCostsNothing) {
  start({hello("w1", 2), hello("w2")});
  world.submit();
  starts(1, 1, "w1");
  world.sent();
  world.beating = {{{"w2"}, {}}};
  world.pass(5s);
  EXPECT_EQ(world.sent(), "") << "the lease still runs";
  world.pass(2s);
  EXPECT_EQ(world.sent(),
            "disconnect w1 'nothing was heard of it for a whole lease'; "
            "assign t1#2 w2");
  EXPECT_EQ(task(1).failures, 0);
}

TEST_F(SchedulerTest, AWorkerThatReconnectsKeepsItsAttempts) {
  start({hello("w1", 2)});
  world.submit();
  world.submit();
  starts(1, 1, "w1");
  world.sent();
  world.tell(WorkerLeft{{"w1"}});
  falls_silent("w1");
  world.pass(3s);
  WorkerJoined again = hello("w1", 2);
  again.running = {ref(1, 1)};
  world.tell(again);
  EXPECT_EQ(task(1).attempt.value, 1U);
  EXPECT_EQ(world.sent(), "assign t2#2 w1") << "what it does not report is given out at once";
  EXPECT_EQ(task(2).failures, 0);
}

TEST_F(SchedulerTest, AWorkerIsToldToStopWhatIsNotItsToDo) {
  start({});
  WorkerJoined stranger = hello("w1");
  stranger.running = {ref(7, 3)};
  stranger.finished = {ref(8, 1)};
  world.tell(stranger);
  EXPECT_EQ(world.sent(), "cancel t7#3 w1");
  world.tell(AttemptFailed{{"w1"}, ref(8, 1), {FailureCode::internal, "old"}});
  EXPECT_EQ(world.sent(), "ack t8#1 w1");
  world.tell(Heartbeat{{"w1"}, {{ref(9, 1), 0.5}}, {}});
  EXPECT_EQ(world.sent(), "cancel t9#1 w1");
}

TEST_F(SchedulerTest, CancelReachesTheWorkerAndFreesTheSlot) {
  start({hello("w1")});
  world.submit();
  world.submit();
  starts(1, 1, "w1");
  world.sent();
  world.cancel(1);
  EXPECT_EQ(world.sent(), "cancel t1#1 w1; assign t2#1 w1");
}

TEST_F(SchedulerTest, ADeadlineEndsAWaitingAndARunningTask) {
  start({hello("w1")});
  world.beating[{"w1"}];
  TestWorld::Row row;
  row.task.deadline_at = world.now + 3s;
  world.submit(row);
  world.submit(row);
  world.sent();
  world.pass(5s);
  EXPECT_EQ(task(1).status, Status::failed);
  EXPECT_EQ(task(2).status, Status::failed);
  EXPECT_EQ(world.sent(), "cancel t1#1 w1");
}

TEST_F(SchedulerTest, AWrongProofCostsTheWorkerItsTrust) {
  start({hello("w1", 3), hello("w2")});
  world.submit();
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w1; assign t2#1 w1");
  succeeds(1, 1, "w1", "wrong");
  EXPECT_EQ(world.sent(),
            "ack t1#1 w1; quarantined w1 'the pairing equation does not hold'; cancel t2#1 w1; "
            "assign t2#2 w2");
  EXPECT_EQ(task(1).failures, 1);
  EXPECT_EQ(task(2).failures, 0);
  world.tell(hello("w1", 3));
  succeeds(2, 2, "w2");
  world.beating = {{{"w1"}, {}}, {{"w2"}, {}}};
  world.pass(1s);
  EXPECT_EQ(world.sent(), "ack t2#2 w2; assign t1#2 w2") << "coming again does not help";
}

TEST_F(SchedulerTest, ALateProofCompletesTheTaskAndStopsTheNewAttempt) {
  start({hello("w1", 2), hello("w2")});
  world.submit();
  world.beating = {{{"w2"}, {}}};
  world.pass(7s);
  world.sent();
  EXPECT_EQ(task(1).worker.value, "w2");
  WorkerJoined again = hello("w1", 2);
  again.finished = {ref(1, 1)};
  world.tell(again);
  succeeds(1, 1, "w1");
  EXPECT_EQ(task(1).status, Status::completed);
  EXPECT_EQ(world.sent(), "ack t1#1 w1; cancel t1#2 w2");
}

TEST_F(SchedulerTest, ADrainingWorkerGetsNothingNewAndItsRestGoesOnAtOnce) {
  start({hello("w1", 3), hello("w2")});
  world.submit();
  world.tell(WorkerDraining{{"w1"}});
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w1; assign t2#1 w2");
  succeeds(2, 1, "w2");
  world.sent();
  world.tell(WorkerLeft{{"w1"}});
  EXPECT_EQ(world.sent(), "assign t1#2 w2");
  EXPECT_EQ(task(1).failures, 0);
}

TEST_F(SchedulerTest, AWorkerThatIsToldToDrainIsANewOneWhenItComesAgain) {
  start({hello("w1", 2), hello("w2")});
  world.submit();
  world.tell(DrainRequested{{"w1"}});
  world.tell(DrainRequested{{"nobody"}});
  world.submit();
  EXPECT_EQ(world.sent(), "assign t1#1 w1; drain w1; assign t2#1 w2");
  EXPECT_TRUE(world.scheduler().worker_records().at({"w1"}).draining);
  succeeds(1, 1, "w1");
  world.tell(WorkerLeft{{"w1"}});
  EXPECT_FALSE(world.scheduler().worker_records().contains({"w1"}));
  world.sent();
  world.tell(hello("w1"));
  world.submit();
  EXPECT_EQ(world.sent(), "assign t3#1 w1");
}

TEST_F(SchedulerTest, ANewLeaderKnowsWhoWasToldToDrainAndWhoLied) {
  world.feed(TookOver{.in_flight = {},
                      .wanted = {},
                      .workers = {{{"drained"}, {.draining = true}},
                                  {{"liar"}, {.quarantined = true, .reason = "a wrong proof"}},
                                  {{"gone"}, {}}}});
  world.settle();
  world.tell(hello("liar"));
  world.tell(hello("drained"));
  EXPECT_EQ(world.sent(), "drain drained");
  WorkerJoined again = hello("drained");
  again.draining = true;
  world.tell(again);
  world.submit();
  EXPECT_EQ(world.sent(), "") << "nobody gets work, and who knows is not told again";
  world.beating = {{{"drained"}, {}}, {{"liar"}, {}}};
  EXPECT_TRUE(world.scheduler().worker_records().contains({"gone"})) << "its lease runs";
  world.pass(10s);
  EXPECT_EQ(world.sent(), "");
  const WorkerRecords records = world.scheduler().worker_records();
  EXPECT_TRUE(records.at({"drained"}).draining);
  EXPECT_EQ(records.at({"liar"}).reason, "a wrong proof");
  EXPECT_FALSE(records.contains({"gone"}));
}

TEST_F(SchedulerTest, AWorkerThatSaysThatItDrainsGetsNothing) {
  WorkerJoined leaving = hello("w1");
  leaving.draining = true;
  start({leaving});
  world.submit();
  EXPECT_EQ(world.sent(), "");
}

TEST_F(SchedulerTest, ANewLeaderAdoptsWhatRunsAndGivesTheRestToOthers) {
  for (int number = 1; number <= 3; ++number) {
    task::Task& row = world.rows[TestWorld::id(number)].task;
    row.id = TestWorld::id(number);
    row.attempt = {2};
    row.status = number == 2 ? Status::running : Status::assigned;
    if (number != 3) row.worker = {number == 1 ? "w1" : "w2"};
  }
  start({});
  EXPECT_EQ(task(3).status, Status::pending)
      << "it had been claimed, and not been given to anybody";
  WorkerJoined first = hello("w1");
  first.running = {ref(1, 2)};
  world.tell(first);
  EXPECT_EQ(task(1).status, Status::running);
  EXPECT_EQ(world.sent(), "");
  world.beating[{"w1"}] = {ref(1, 2)};
  world.pass(7s);
  EXPECT_EQ(task(1).attempt.value, 2U);
  EXPECT_EQ(task(2).status, Status::pending) << "its worker did not come within the grace";
}

TEST_F(SchedulerTest, AClaimThatWasLostIsFoundAgain) {
  start({hello("w1")});
  world.store_away = true;
  world.submit();
  EXPECT_EQ(task(1).status, Status::assigned) << "claimed, but the answer did not come";
  world.store_away = false;
  world.beating[{"w1"}];
  world.pass(1s);
  EXPECT_EQ(world.sent(), "assign t1#2 w1");
}

TEST_F(SchedulerTest, TheLeadersOwnPauseCostsNobodyHisLease) {
  start({hello("w1")});
  world.submit();
  world.sent();
  world.now += 3600s;
  world.tell(Tick{});
  world.now -= 7200s;
  world.tell(Tick{});
  EXPECT_EQ(world.sent(), "");
  EXPECT_LE(world.scheduler().next_tick(), world.now + 2s);
}

class SetupTest : public SchedulerTest {
 protected:
  void want() {
    world.wanted[{"test/1"}] = "";
    world.tell(CircuitChanged{});
    pass(100ms);
  }
  void pass(base::Duration duration) {
    for (const char* worker : {"w1", "w2"}) world.beating[{worker}];
    world.pass(duration);
  }
};

TEST_F(SetupTest, OneWorkerMakesTheKeyAndTheTaskFollowsAtOnce) {
  start({hello("w1"), hello("w2")});
  want();
  TestWorld::Row row;
  row.task.circuit = {"test/1"};
  world.submit(row);
  EXPECT_EQ(world.sent(), "setup test/1 w1");
  world.tell(SetupSucceeded{{"w1"}, {"test/1"}, "r1cs", "zkey"});
  EXPECT_EQ(world.sent(), "assign t1#1 w1");
}

TEST_F(SetupTest, AFailedSetupIsTriedElsewhereAndGivenUpAfterThree) {
  start({hello("w1"), hello("w2")});
  want();
  EXPECT_EQ(world.sent(), "setup test/1 w1");
  world.tell(SetupFailed{{"w1"}, {"test/1"}, "disk full"});
  EXPECT_EQ(world.sent(), "setup test/1 w2");
  world.wanted[{"test/1"}] = "delta is the generator";
  world.tell(SetupSucceeded{{"w2"}, {"test/1"}, "r1cs", "zkey"});
  EXPECT_EQ(world.sent(), "setup test/1 w1");
  world.tell(SetupFailed{{"w1"}, {"test/1"}, "disk full"});
  EXPECT_EQ(world.sent(), "");
  EXPECT_TRUE(world.wanted.empty()) << "the circuit has failed";
}

TEST_F(SetupTest, ALostWorkersSetupIsLeasedToAnother) {
  start({hello("w1"), hello("w2")});
  want();
  world.sent();
  world.beating = {{{"w2"}, {}}};
  world.pass(7s);
  EXPECT_EQ(world.sent(),
            "disconnect w1 'nothing was heard of it for a whole lease'; "
            "setup test/1 w2");
}

TEST_F(SetupTest, ANewLeaderLeavesASetupWhereItRuns) {
  world.wanted[{"test/1"}] = "";
  start({hello("w1")});
  WorkerJoined second = hello("w2");
  second.setups_running = {{"test/1"}};
  world.tell(second);
  world.now += 1s;
  world.tell(Heartbeat{{"w2"}, {}, {{"test/1"}}});
  world.tell(Heartbeat{{"w1"}, {}, {{"other/1"}}});
  EXPECT_EQ(world.sent(), "cancel-setup other/1 w1");
}

TEST_F(SetupTest, OnlyAFewAreMadeAtATimeAndOneByEachWorker) {
  start({hello("w1"), hello("w2"), hello("w3")});
  for (const char* circuit : {"a/1", "b/1", "c/1"}) world.wanted[{circuit}] = "";
  world.tell(CircuitChanged{});
  pass(100ms);
  EXPECT_EQ(world.sent(), "setup a/1 w1; setup b/1 w2");
  world.tell(SetupSucceeded{{"w1"}, {"a/1"}, "r1cs", "zkey"});
  EXPECT_EQ(world.sent(), "setup c/1 w1");
}

}  // namespace
}  // namespace zkp::network::scheduler
