#include "services/coordinator/test_cluster.h"

// Leaders that end at the worst moment, and workers that do not do what they should.
namespace zkp::services::coordinator {
namespace {

using network::task::Status;
using std::chrono::milliseconds;

class FaultsTest : public CoordinatorTest {
 protected:
  FaultsTest() {
    quick_.scheduler.heartbeat = milliseconds(300);
    publish_key();
  }

  static v1::Hello hello_with_finished(const std::string& worker, const v1::AttemptRef& ref) {
    v1::Hello again = hello(worker);
    *again.add_finished() = ref;
    return again;
  }
  static void beat(Coordinator& coordinator, const WorkerPtr& worker) {
    v1::WorkerEvent event;
    event.mutable_heartbeat();
    say(coordinator, worker, std::move(event));
  }
  // "worker-1 completed; worker-2 superseded": who made which attempt, and how it ended.
  std::string history(const network::task::TaskId& id) {
    std::string text;
    const auto records = store_->attempts_of(id);
    EXPECT_TRUE(records.ok());
    for (const auto& record : *records) {
      text += (text.empty() ? "" : "; ") + record.worker.value + " " +
              (record.ended_at ? record.outcome : "runs");
    }
    return text;
  }

  CoordinatorOptions quick_;  // leases end soon
};

// --- a leader that ends between a worker's Succeeded and its Ack --------------------------------

TEST_F(FaultsTest, AProofThatNoLeaderStoredIsNotMadeAgain) {
  auto first = lead(1);
  const WorkerPtr before = join(*first, hello("worker-1"));
  const auto id = submit("7");
  const v1::AttemptRef ref = next_assignment(before);
  start(*first, before, ref);
  wait_for(id, Status::running);
  first->stop();  // what the worker says now, nobody hears

  const auto second = lead(2);
  const WorkerPtr idle = join(*second, hello("worker-2"));
  const WorkerPtr after = join(*second, hello_with_finished("worker-1", ref));
  const auto next = submit("8");
  EXPECT_EQ(next_assignment(idle).task_id(), next.to_string())
      << "the task whose proof is there was given to somebody else";
  succeed(*second, after, ref, prove(inputs_of("7")));
  EXPECT_EQ(after->next(v1::Instruction::kAck).ack().ref().task_id(), id.to_string());
  EXPECT_EQ(find(id).status, Status::completed);
  EXPECT_EQ(history(id), "worker-1 completed");
}

TEST_F(FaultsTest, AProofThatItsLeaderStoredAndDidNotAcknowledgeIsNotMadeAgain) {
  auto first = lead(1);
  const WorkerPtr before = join(*first, hello("worker-1"));
  const auto id = submit("7");
  const v1::AttemptRef ref = next_assignment(before);
  succeed(*first, before, ref, prove(inputs_of("7")));
  const std::string stored = wait_for(id, Status::completed).proof->proof_json;
  first->stop();  // with its Ack on the way

  const auto second = lead(2);
  const WorkerPtr after = join(*second, hello_with_finished("worker-1", ref));
  succeed(*second, after, ref, prove(inputs_of("7")));
  after->next(v1::Instruction::kAck);
  EXPECT_EQ(find(id).proof->proof_json, stored);
  EXPECT_EQ(history(id), "worker-1 completed");
}

// --- workers ------------------------------------------------------------------------------------

TEST_F(FaultsTest, AProofOfAWorkerThatWasGivenUpCompletesItsTask) {
  const auto coordinator = lead(1, quick_);
  const WorkerPtr silent = join(*coordinator, hello("silent"));
  const auto id = submit("7");
  const v1::AttemptRef ref = next_assignment(silent);
  start(*coordinator, silent, ref);
  silent->wait_until_closed();  // it was open, and no heartbeat came over it

  const WorkerPtr other = join(*coordinator, hello("other"));
  const v1::AttemptRef again = next_assignment(other);
  EXPECT_EQ(again.attempt(), 2U);
  const WorkerPtr back = join(*coordinator, hello_with_finished("silent", ref));
  succeed(*coordinator, back, ref, prove(inputs_of("7")));
  back->next(v1::Instruction::kAck);
  EXPECT_EQ(other->next(v1::Instruction::kCancel).cancel().ref().attempt(), 2U);
  EXPECT_EQ(find(id).status, Status::completed);
  EXPECT_EQ(find(id).failures, 0);
  EXPECT_EQ(history(id), "silent completed; other superseded");
}

TEST_F(FaultsTest, AnAttemptThatNoHeartbeatNamesGoesElsewhere) {
  const auto coordinator = lead(1, quick_);
  const WorkerPtr forgetful = join(*coordinator, hello("forgetful"));
  const auto id = submit("7");
  start(*coordinator, forgetful, next_assignment(forgetful));
  wait_for(id, Status::running);
  const WorkerPtr other = join(*coordinator, hello("other"));
  // Its heartbeats come, and none of them knows of the attempt.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (find(id).status == Status::running && std::chrono::steady_clock::now() < until) {
    beat(*coordinator, forgetful);
    beat(*coordinator, other);
    std::unique_lock lock(mutex_);
    store_changed_.wait_for(lock, milliseconds(20));
  }
  EXPECT_EQ(forgetful->next(v1::Instruction::kCancel).cancel().ref().attempt(), 1U);
  EXPECT_EQ(next_assignment(other).attempt(), 2U);
  EXPECT_EQ(find(id).failures, 0);
}

TEST_F(FaultsTest, AWorkerThatAnswersGarbageIsCutOffAndItsTaskGoesElsewhere) {
  v1::WorkerEvent no_id, no_attempt, no_circuit, nothing;
  no_id.mutable_succeeded()->mutable_ref()->set_task_id("\xff\xfe");
  no_attempt.mutable_failed()->mutable_ref()->set_task_id("01932c07-21e8-7cc3-98c4-dc0c0c07398f");
  no_circuit.mutable_setup_succeeded()->set_circuit_id("../../etc/passwd\n");
  std::uint64_t term = 1;
  for (const v1::WorkerEvent& garbage : {no_id, no_attempt, no_circuit, nothing}) {
    const auto coordinator = lead(++term, quick_);
    const WorkerPtr mad = join(*coordinator, hello("mad"));
    const auto id = submit("7");
    start(*coordinator, mad, next_assignment(mad));
    wait_for(id, Status::running);
    say(*coordinator, mad, garbage);
    mad->wait_until_closed();
    coordinator->sessions().on_closed(mad);
    wait_for(id, Status::pending);

    const WorkerPtr other = join(*coordinator, hello("other"));
    const v1::AttemptRef again = next_assignment(other);
    EXPECT_EQ(again.attempt(), 2U);
    succeed(*coordinator, other, again, prove(inputs_of("7")));
    other->next(v1::Instruction::kAck);
    EXPECT_EQ(find(id).status, Status::completed);
    EXPECT_EQ(find(id).failures, 0);
    EXPECT_EQ(history(id), "mad released; other completed");
  }
}

TEST_F(FaultsTest, AnotherTasksProofQuarantinesItsWorkerAndBothTasksGoElsewhere) {
  const auto coordinator = lead();
  const WorkerPtr liar = join(*coordinator, hello("liar", 2));
  const auto first = submit("7");
  const v1::AttemptRef ref = next_assignment(liar);
  const auto second = submit("8");
  const v1::AttemptRef kept = next_assignment(liar);
  start(*coordinator, liar, kept);
  wait_for(second, Status::running);
  succeed(*coordinator, liar, ref, prove(inputs_of("8")));
  EXPECT_EQ(liar->next(v1::Instruction::kCancel).cancel().ref().task_id(), second.to_string());
  wait_for(second, Status::pending);
  EXPECT_EQ(coordinator->cluster().worker_counts.quarantined, 1U);

  const WorkerPtr honest = join(*coordinator, hello("honest", 2));
  for (int i = 0; i < 2; ++i) {
    const v1::AttemptRef again = next_assignment(honest);
    const bool is_first = again.task_id() == first.to_string();
    succeed(*coordinator, honest, again, prove(inputs_of(is_first ? "7" : "8")));
  }
  EXPECT_EQ(wait_for(first, Status::completed).worker.value, "honest");
  EXPECT_EQ(wait_for(second, Status::completed).worker.value, "honest");
  EXPECT_EQ(find(second).failures, 0) << "it only had the wrong neighbour";

  // Quarantined it stays, whatever it says: it comes again, and gets nothing.
  const WorkerPtr again = join(*coordinator, hello("liar", 2));
  const auto third = submit("9");
  EXPECT_EQ(next_assignment(honest).task_id(), third.to_string());
}

}  // namespace
}  // namespace zkp::services::coordinator
