#include "services/coordinator/coordinator.h"

#include "services/coordinator/messages.h"
#include "services/coordinator/test_cluster.h"

// The coordinator with a real store, real keys and proofs, and workers that the test plays.
namespace zkp::services::coordinator {
namespace {

using network::task::FailureCode;
using network::task::Status;
using std::chrono::milliseconds;

TEST_F(CoordinatorTest, CarriesATaskToItsProofWithoutWaitingForAnyTimer) {
  publish_key();
  CoordinatorOptions options;
  options.scheduler.poll = std::chrono::hours(1);
  const auto coordinator = lead(2, options);
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  const auto id = submit("7");
  const v1::Assign assign = worker->next(v1::Instruction::kAssign).assign();
  EXPECT_EQ(assign.ref().task_id(), id.to_string());
  EXPECT_EQ(assign.circuit_id(), "test/1");
  EXPECT_NE(assign.inputs().find("7"), std::string::npos) << "the inputs are opened for the worker";
  start(*coordinator, worker, assign.ref());
  EXPECT_EQ(wait_for(id, Status::running).worker.value, "worker-1");

  const network::task::Proof proof = prove(inputs_of("7"));
  succeed(*coordinator, worker, assign.ref(), proof);
  EXPECT_EQ(worker->next(v1::Instruction::kAck).ack().ref().task_id(), id.to_string());
  const network::task::Task task = find(id);
  EXPECT_EQ(task.status, Status::completed);
  EXPECT_EQ(task.proof->proof_json, proof.proof_json);
  EXPECT_EQ(task.key_digest, assign.zkey_digest());

  const ClusterState cluster = coordinator->cluster();
  EXPECT_EQ(cluster.raft.term, 2U);
  EXPECT_EQ(cluster.worker_counts.total, 1U);
  EXPECT_EQ(cluster.worker_counts.active, 1U);
  EXPECT_EQ(cluster.capacity.total, 1U);
  EXPECT_EQ(cluster.capacity.available, 1U);
  EXPECT_EQ(cluster.scheduler.tasks_assigned, 1U);
}

TEST_F(CoordinatorTest, AProofOfSomethingElseIsNotBelieved) {
  publish_key();
  const auto coordinator = lead();
  const WorkerPtr liar = join(*coordinator, hello("liar"));
  const auto id = submit("7");
  const v1::AttemptRef ref = next_assignment(liar);
  succeed(*coordinator, liar, ref, prove(inputs_of("8")));
  liar->next(v1::Instruction::kAck);
  EXPECT_EQ(coordinator->cluster().worker_counts.quarantined, 1U);
  const network::task::Task task = wait_for(id, Status::pending);
  EXPECT_EQ(task.failures, 1);

  const WorkerPtr honest = join(*coordinator, hello("honest"));
  const v1::AttemptRef again = next_assignment(honest);
  EXPECT_EQ(again.attempt(), ref.attempt() + 1);
  succeed(*coordinator, honest, again, prove(inputs_of("7")));
  honest->next(v1::Instruction::kAck);
  EXPECT_EQ(find(id).status, Status::completed);
}

TEST_F(CoordinatorTest, WhatIsNoProofAtAllIsNotBelieved) {
  publish_key();
  network::task::Proof forged = prove(inputs_of("7"));
  forged.proof_json.replace(forged.proof_json.find("\"1\""), 3, "\"2\"");
  for (const network::task::Proof& proof :
       {network::task::Proof{}, network::task::Proof{"{}", "[]"}, forged,
        network::task::Proof{prove(inputs_of("7")).proof_json, "[]"},
        network::task::Proof{std::string(1 << 20, ' '), "[]"}}) {
    const auto coordinator = lead(consensus_.size() + 2);
    const WorkerPtr worker = join(*coordinator, hello("worker-1"));
    const auto id = submit("7");
    succeed(*coordinator, worker, next_assignment(worker), proof);
    worker->next(v1::Instruction::kAck);
    EXPECT_EQ(coordinator->cluster().worker_counts.quarantined, 1U);
    EXPECT_NE(find(id).status, Status::completed);
    EXPECT_TRUE(store_->cancel(id, clock_.now()).ok());
  }
}

TEST_F(CoordinatorTest, ALostWorkersTaskIsTakenOverByAnother) {
  publish_key();
  CoordinatorOptions options;
  options.scheduler.heartbeat = milliseconds(300);
  const auto coordinator = lead(1, options);
  const WorkerPtr lost = join(*coordinator, hello("lost"));
  const auto id = submit();
  start(*coordinator, lost, next_assignment(lost));
  wait_for(id, Status::running);
  lost->wait_until_closed();
  const network::task::Task waiting = wait_for(id, Status::pending);
  EXPECT_EQ(waiting.failures, 0);
  EXPECT_EQ(coordinator->cluster().worker_counts.dead, 1U);

  const WorkerPtr other = join(*coordinator, hello("other"));
  EXPECT_EQ(next_assignment(other).attempt(), 2U);
}

TEST_F(CoordinatorTest, CancelReachesTheWorkerAtOnce) {
  publish_key();
  CoordinatorOptions options;
  options.scheduler.poll = std::chrono::hours(1);
  const auto coordinator = lead(1, options);
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  const auto id = submit();
  start(*coordinator, worker, next_assignment(worker));
  wait_for(id, Status::running);
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(store_->cancel(id, clock_.now()).ok());
  const v1::Instruction cancel = worker->next(v1::Instruction::kCancel);
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(100));
  EXPECT_EQ(cancel.cancel().ref().task_id(), id.to_string());
}

TEST_F(CoordinatorTest, AFailureOfTheInputsEndsTheTask) {
  publish_key();
  const auto coordinator = lead();
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  const auto id = submit();
  v1::WorkerEvent event;
  *event.mutable_failed()->mutable_ref() = next_assignment(worker);
  event.mutable_failed()->set_code("unsatisfied");
  event.mutable_failed()->set_message("the statement is false");
  say(*coordinator, worker, event);
  worker->next(v1::Instruction::kAck);
  const network::task::Task task = find(id);
  EXPECT_EQ(task.status, Status::failed);
  EXPECT_EQ(task.failure->code, FailureCode::unsatisfied);
  EXPECT_EQ(task.failure->message, "the statement is false");
}

TEST_F(CoordinatorTest, AWorkerMakesTheKeyThatATaskWaitsFor) {
  const auto coordinator = lead();
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  const auto id = submit();
  EXPECT_EQ(worker->next(v1::Instruction::kSetup).setup().circuit_id(), "test/1");
  v1::WorkerEvent event;
  v1::SetupSucceeded& made = *event.mutable_setup_succeeded();
  made.set_circuit_id("test/1");
  made.set_r1cs_digest(upload(TestKey::get().r1cs));
  made.set_zkey_digest(upload(TestKey::get().zkey));
  say(*coordinator, worker, event);
  const v1::Assign assign = worker->next(v1::Instruction::kAssign).assign();
  EXPECT_EQ(assign.zkey_digest(), made.zkey_digest());
  EXPECT_EQ(assign.ref().task_id(), id.to_string());
  const auto circuit = store_->find_circuit({"test/1"});
  ASSERT_TRUE(circuit.ok());
  EXPECT_EQ(circuit->setup_kind, "development");
  EXPECT_GT(circuit->memory_bytes, 0U);
}

TEST_F(CoordinatorTest, ABadKeyIsRefusedAndGivenUpAfterThree) {
  const auto coordinator = lead();
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  const auto id = submit();
  v1::WorkerEvent event;
  v1::SetupSucceeded& made = *event.mutable_setup_succeeded();
  made.set_circuit_id("test/1");
  made.set_r1cs_digest(upload(TestKey::get().r1cs));
  base::Bytes damaged = TestKey::get().zkey;
  damaged.resize(damaged.size() / 2);
  for (const std::string& zkey : {upload(damaged), upload({1, 2, 3}), std::string("sha256:none")}) {
    worker->next(v1::Instruction::kSetup);
    made.set_zkey_digest(zkey);
    say(*coordinator, worker, event);
  }
  const network::task::Task task = wait_for(id, Status::failed);
  EXPECT_NE(task.failure->message.find("no key for test/1 could be made"), std::string::npos)
      << task.failure->message;
}

TEST_F(CoordinatorTest, ANewLeaderAdoptsWhatTheWorkersStillHave) {
  publish_key();
  auto first = lead(1);
  const WorkerPtr before = join(*first, hello("worker-1", 2));
  const auto running = submit("7");
  const v1::AttemptRef kept = next_assignment(before);
  const auto forgotten = submit("8");
  const v1::AttemptRef dropped = next_assignment(before);
  start(*first, before, kept);
  start(*first, before, dropped);
  wait_for(running, Status::running);
  wait_for(forgotten, Status::running);
  first->stop();
  before->wait_until_closed();

  const auto second = lead(2);
  v1::Hello again = hello("worker-1", 2);
  *again.add_running() = kept;
  const WorkerPtr after = join(*second, again);
  const v1::AttemptRef redone = next_assignment(after);
  EXPECT_EQ(redone.task_id(), forgotten.to_string());
  EXPECT_EQ(redone.attempt(), 2U);
  succeed(*second, after, kept, prove(inputs_of("7")));
  after->next(v1::Instruction::kAck);
  EXPECT_EQ(find(running).status, Status::completed);
  EXPECT_EQ(find(running).attempt.value, 1U);
}

TEST_F(CoordinatorTest, AnOlderLeaderChangesNothing) {
  publish_key();
  const auto older = lead(1);
  const WorkerPtr worker = join(*older, hello("worker-1", 2));
  const auto id = submit("7");
  const v1::AttemptRef ref = next_assignment(worker);
  start(*older, worker, ref);
  wait_for(id, Status::running);

  const auto newer = lead(2);
  const std::string sealed = base::to_string(*store_->sealed_inputs(id));
  succeed(*older, worker, ref, prove(inputs_of("7")));
  worker->next(v1::Instruction::kRedirect);  // it steps down when the store refuses it
  worker->wait_until_closed();
  EXPECT_EQ(find(id).status, Status::running);
  EXPECT_EQ(base::to_string(*store_->sealed_inputs(id)), sealed);

  v1::Hello again = hello("worker-1", 2);
  *again.add_finished() = ref;
  const WorkerPtr there = join(*newer, again);
  succeed(*newer, there, ref, prove(inputs_of("7")));
  there->next(v1::Instruction::kAck);
  EXPECT_EQ(find(id).status, Status::completed);

  const WorkerPtr late = std::make_shared<TestWorker>();
  v1::WorkerEvent event;
  *event.mutable_hello() = again;
  say(*older, late, event);
  late->next(v1::Instruction::kRedirect);
  late->wait_until_closed();
}

TEST_F(CoordinatorTest, AWorkerIsKnownByItsLatestConnection) {
  publish_key();
  const auto coordinator = lead();
  const WorkerPtr old = join(*coordinator, hello("worker-1"));
  const WorkerPtr current = join(*coordinator, hello("worker-1"));
  old->wait_until_closed();
  coordinator->sessions().on_closed(old);
  submit();
  next_assignment(current);
  EXPECT_EQ(coordinator->cluster().worker_counts.total, 1U);
}

TEST_F(CoordinatorTest, AMessageOutOfFormEndsTheConnection) {
  const auto coordinator = lead();
  for (const auto& [id, slots] : {std::pair("", 1U), std::pair("worker 1", 1U),
                                  std::pair("worker-1", 0U), std::pair("worker-1", 5000U)}) {
    const auto worker = std::make_shared<TestWorker>();
    v1::WorkerEvent event;
    *event.mutable_hello() = hello(id, slots);
    say(*coordinator, worker, event);
    worker->wait_until_closed();
  }
  const WorkerPtr worker = join(*coordinator, hello("worker-1"));
  v1::WorkerEvent event;
  event.mutable_started()->mutable_ref()->set_task_id("not an id");
  say(*coordinator, worker, event);
  worker->wait_until_closed();
}

TEST(Messages, AWorkersTextIsCutBetweenCharacters) {
  v1::WorkerEvent event;
  event.mutable_failed()->mutable_ref()->set_task_id("01932c07-21e8-7cc3-98c4-dc0c0c07398f");
  event.mutable_failed()->mutable_ref()->set_attempt(1);
  event.mutable_failed()->set_message(std::string(499, 'a') + "\u00e9" + "b");
  const auto read = read_event({"worker-1"}, event);
  ASSERT_TRUE(read.ok());
  const auto& failed = std::get<network::scheduler::AttemptFailed>(*read);
  EXPECT_EQ(failed.failure.message, std::string(499, 'a'));
  EXPECT_EQ(failed.failure.code, FailureCode::internal) << "an unknown code is our own affair";
}

}  // namespace
}  // namespace zkp::services::coordinator
