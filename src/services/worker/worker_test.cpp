#include "services/worker/worker.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "network/rpc/coordinator_server.h"
#include "network/store/memory/memory_artifacts.h"
#include "prover/circuit/catalogue.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "services/worker/outbox.h"
#include "services/worker/prove_task.h"
#include "services/worker/test_leader.h"

namespace zkp::services::worker {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTask = "0190b0a0-0000-7000-8000-000000000001";

// Files of another store, which cannot be written to for the first few times.
class AwayArtifacts final : public network::store::ArtifactStore {
 public:
  AwayArtifacts(network::store::ArtifactStore& files, int away) : files_(files), away_(away) {}
  base::Result<std::unique_ptr<Upload>> begin() override {
    if (away_-- > 0) return base::Error{base::ErrorCode::unavailable, "the database is away"};
    return files_.begin();
  }
  base::Result<std::uint64_t> size_bytes(const std::string& digest) override {
    return files_.size_bytes(digest);
  }
  base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                 std::size_t most) override {
    return files_.read(digest, offset, most);
  }

 private:
  network::store::ArtifactStore& files_;
  std::atomic<int> away_;
};

// Whose events must come.
class Leader {
 public:
  TestLeader& sessions() { return sessions_; }
  template <class Wanted>
  v1::WorkerEvent wait_for(const Wanted& wanted, std::size_t from = 0) {
    const auto found = sessions_.find(wanted, from);
    EXPECT_TRUE(found.has_value()) << "the event did not come";
    return found.value_or(v1::WorkerEvent());
  }
  std::size_t event_count() { return sessions_.event_count(); }
  void send(v1::Instruction instruction) { sessions_.send(std::move(instruction)); }
  void close() { sessions_.close(); }

 private:
  TestLeader sessions_;
};

bool is_succeeded(const v1::WorkerEvent& event) { return event.has_succeeded(); }
bool is_failed(const v1::WorkerEvent& event) { return event.has_failed(); }
bool is_hello(const v1::WorkerEvent& event) { return event.has_hello(); }
bool is_idle(const v1::WorkerEvent& event) {
  return event.has_heartbeat() && event.heartbeat().progress().empty();
}

template <class Condition>
bool comes_true(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class WorkerTest : public testing::Test {
 protected:
  void SetUp() override {
    start_server(*artifacts);
    start_worker();
    leader.wait_for(is_hello);
  }

  void start_server(network::store::ArtifactStore& files) {
    server_ =
        std::move(network::rpc::CoordinatorServer::start({}, {.sessions = leader.sessions(),
                                                              .administration = administration,
                                                              .artifacts = files}))
            .value();
  }

  void start_worker() {
    worker = std::move(Worker::start({.id = {"worker-1"},
                                      .version = "test",
                                      .slots = 2,
                                      .threads = 2,
                                      .data_dir = folder.path(),
                                      .memory_bytes = 1 << 30,
                                      .key_memory_bytes = 1 << 28,
                                      .key_disk_bytes = 1 << 28,
                                      .coordinators = {.coordinators = {"in-process"},
                                                       .make_channel =
                                                           [this](const std::string&) {
                                                             return server_->in_process_channel();
                                                           }}},
                                     {.kernels = prover::field::portable_kernels(),
                                      .random = random,
                                      .engine = test_engine()}))
                 .value();
  }

  // Has the worker make the key of a circuit; its digests.
  v1::SetupSucceeded make_key(const std::string& circuit) {
    v1::Instruction setup;
    setup.mutable_setup()->set_circuit_id(circuit);
    leader.send(std::move(setup));
    return leader.wait_for([](const auto& event) { return event.has_setup_succeeded(); })
        .setup_succeeded();
  }

  void assign(std::uint64_t attempt, const std::string& circuit, const std::string& zkey,
              const std::string& inputs) {
    v1::Instruction instruction;
    v1::Assign& assign = *instruction.mutable_assign();
    assign.mutable_ref()->set_task_id(kTask);
    assign.mutable_ref()->set_attempt(attempt);
    assign.set_circuit_id(circuit);
    assign.set_zkey_digest(zkey);
    assign.set_inputs(inputs);
    leader.send(std::move(instruction));
  }
  // Attempt 1 is under way when it returns: a tree of 64 leaves.
  void start_long_attempt() {
    const v1::SetupSucceeded key = make_key("merkle_tree/64,0");
    std::string leaves = "\"1\"";
    for (int i = 1; i < 64; ++i) leaves += ",\"1\"";
    assign(1, "merkle_tree/64,0", key.zkey_digest(),
           R"({"public_inputs":[)" + leaves + R"(],"private_inputs":[]})");
    leader.wait_for([](const auto& event) { return event.has_started(); });
  }
  void cancel(std::uint64_t attempt) {
    v1::Instruction cancel;
    cancel.mutable_cancel()->mutable_ref()->set_task_id(kTask);
    cancel.mutable_cancel()->mutable_ref()->set_attempt(attempt);
    leader.send(std::move(cancel));
  }
  void acknowledge(std::uint64_t attempt) {
    v1::Instruction ack;
    ack.mutable_ack()->mutable_ref()->set_task_id(kTask);
    ack.mutable_ack()->mutable_ref()->set_attempt(attempt);
    leader.send(std::move(ack));
  }

  TestFolder folder;
  base::SystemRandom random;
  Leader leader;
  NoAdministration administration;
  std::unique_ptr<network::store::ArtifactStore> artifacts =
      network::store::make_memory_artifacts();
  std::unique_ptr<network::rpc::CoordinatorServer> server_;
  std::unique_ptr<Worker> worker;
};

TEST_F(WorkerTest, MakesAKeyAndAProofThatVerifies) {
  const v1::SetupSucceeded key = make_key("test/2");
  const auto size = artifacts->size_bytes(key.zkey_digest());
  ASSERT_TRUE(size.ok());
  const auto zkey = artifacts->read(key.zkey_digest(), 0, *size);
  const auto verifying = prover::iden3::read_zkey_verifying_key(*zkey);
  ASSERT_TRUE(verifying.ok());

  assign(1, "test/2", key.zkey_digest(), R"({"public_inputs":["3","4"],"private_inputs":[]})");
  const v1::Succeeded result = leader.wait_for(is_succeeded).succeeded();
  EXPECT_EQ(result.ref().task_id(), kTask);
  const auto proof = prover::iden3::read_proof_json(result.proof_json());
  const auto signals = prover::iden3::read_public_json(result.public_signals_json());
  ASSERT_TRUE(proof.ok() && signals.ok());
  EXPECT_TRUE(prover::groth16::verify(*verifying, *signals, *proof).valid);
}

TEST_F(WorkerTest, AKeyWaitsForAStoreThatIsAway) {
  worker.reset();
  AwayArtifacts away(*artifacts, 3);
  start_server(away);
  const std::size_t from = leader.event_count();
  start_worker();
  leader.wait_for(is_hello, from);
  const v1::SetupSucceeded key = make_key("test/1");
  EXPECT_TRUE(artifacts->size_bytes(key.zkey_digest()).ok());
  worker.reset();
  server_.reset();
}

TEST_F(WorkerTest, SaysWhatIsWrongWithInputsAndStatements) {
  const v1::SetupSucceeded key = make_key("addition");
  assign(1, "addition", key.zkey_digest(), R"({"inputs":{"a":"1","b":"2","sum":"4"}})");
  EXPECT_EQ(leader.wait_for(is_failed).failed().code(), "unsatisfied");
  const std::size_t from = leader.event_count();
  assign(2, "addition", key.zkey_digest(), R"({"inputs":{"a":"1"}})");
  EXPECT_EQ(leader.wait_for(is_failed, from).failed().code(), "invalid_input");
}

TEST_F(WorkerTest, KeepsAResultUntilItIsAcknowledgedOverReconnectsAndRestarts) {
  const v1::SetupSucceeded key = make_key("test/1");
  assign(1, "test/1", key.zkey_digest(), R"({"public_inputs":["3"],"private_inputs":[]})");
  const auto first = leader.wait_for(is_succeeded).succeeded();

  std::size_t from = leader.event_count();
  leader.close();
  EXPECT_EQ(leader.wait_for(is_hello, from).hello().finished_size(), 1);
  EXPECT_EQ(leader.wait_for(is_succeeded, from).succeeded().proof_json(), first.proof_json());

  from = leader.event_count();
  worker.reset();
  start_worker();
  EXPECT_EQ(leader.wait_for(is_hello, from).hello().finished_size(), 1);
  EXPECT_EQ(leader.wait_for(is_succeeded, from).succeeded().proof_json(), first.proof_json());

  acknowledge(1);
  EXPECT_TRUE(worker->drain(30s));
  from = leader.event_count();
  worker.reset();
  start_worker();
  EXPECT_EQ(leader.wait_for(is_hello, from).hello().finished_size(), 0);
}

TEST_F(WorkerTest, ACancelledAttemptEndsAndSaysNothing) {
  start_long_attempt();
  const std::size_t from = leader.event_count();
  cancel(1);
  leader.wait_for(is_idle, from);
  acknowledge(1);  // if it had come too late
  EXPECT_TRUE(worker->drain(30s));
  EXPECT_EQ(worker->state().cancelled + worker->state().succeeded, 1U);
}

TEST_F(WorkerTest, TellsWhatItDoesAndWhetherALeaderHasWelcomedIt) {
  const v1::SetupSucceeded key = make_key("addition");
  WorkerState state = worker->state();
  EXPECT_EQ(state.id.value, "worker-1");
  EXPECT_TRUE(state.welcomed);
  EXPECT_EQ(state.term, 1U);
  EXPECT_EQ(state.slots, 2U);
  EXPECT_EQ(state.keys_in_memory, 0U);

  assign(1, "addition", key.zkey_digest(), R"({"inputs":{"a":"1","b":"2","sum":"3"}})");
  leader.wait_for(is_succeeded);
  assign(2, "addition", key.zkey_digest(), R"({"inputs":{"a":"1","b":"2","sum":"4"}})");
  leader.wait_for(is_failed);
  state = worker->state();
  EXPECT_EQ(state.succeeded, 1U);
  EXPECT_EQ(state.failed, 1U);
  EXPECT_EQ(state.unacknowledged, 2U);
  EXPECT_EQ(state.keys_in_memory, 1U);
  EXPECT_EQ(state.slots_used, 0U);

  acknowledge(1);
  acknowledge(2);
  EXPECT_TRUE(worker->drain(30s));
  state = worker->state();
  EXPECT_EQ(state.unacknowledged, 0U);
  EXPECT_TRUE(state.draining);

  server_->stop();
  EXPECT_TRUE(comes_true([&] { return !worker->state().welcomed; }));
}

TEST_F(WorkerTest, AnAttemptThatIsUnderWayTakesASlot) {
  start_long_attempt();
  const WorkerState state = worker->state();
  EXPECT_EQ(state.slots_used + state.succeeded, 1U);
}

TEST_F(WorkerTest, ACancelThatComesTooLateLeavesTheResult) {
  const v1::SetupSucceeded key = make_key("test/1");
  assign(1, "test/1", key.zkey_digest(), R"({"public_inputs":["3"],"private_inputs":[]})");
  const auto first = leader.wait_for(is_succeeded).succeeded();
  cancel(1);
  assign(2, "test/1", key.zkey_digest(), "{}");
  leader.wait_for(is_failed);  // so it has heard of the cancel
  acknowledge(2);
  const std::size_t from = leader.event_count();
  leader.close();
  EXPECT_EQ(leader.wait_for(is_succeeded, from).succeeded().proof_json(), first.proof_json());
  acknowledge(1);
  EXPECT_TRUE(worker->drain(30s));
}

TEST_F(WorkerTest, AKeyThatIsNotThereFailsTheAttempt) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  assign(1, "test/1", digest, R"({"public_inputs":["3"],"private_inputs":[]})");
  const v1::Failed failed = leader.wait_for(is_failed).failed();
  EXPECT_EQ(failed.code(), "internal");
  EXPECT_NE(failed.message().find(digest), std::string::npos) << failed.message();
}

// --- the parts by themselves --------------------------------------------------------------------

TEST(OutboxTest, RemembersOnDiskAndDropsWhatDoesNotRead) {
  const TestFolder folder;
  v1::WorkerEvent event;
  event.mutable_failed()->mutable_ref()->set_task_id(kTask);
  event.mutable_failed()->mutable_ref()->set_attempt(3);
  event.mutable_failed()->set_code("internal");
  const AttemptKey key{kTask, 3};
  {
    Outbox outbox = std::move(Outbox::open(folder.path())).value();
    outbox.put(key, event);
  }
  std::filesystem::copy_file(folder.path() / (std::string(kTask) + "-3.result"),
                             folder.path() / "broken.result");
  std::filesystem::resize_file(folder.path() / "broken.result", 5);
  Outbox outbox = std::move(Outbox::open(folder.path())).value();
  EXPECT_EQ(outbox.events().size(), 1U);
  ASSERT_NE(outbox.find(key), nullptr);
  EXPECT_EQ(outbox.find(key)->failed().code(), "internal");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "broken.result"));
  outbox.remove(key);
  EXPECT_TRUE(std::move(Outbox::open(folder.path())).value().events().empty());
}

TEST(FailureOf, TellsTheInputsFaultFromTheProgramsAndTheMachines) {
  using base::ErrorCode;
  using network::task::FailureCode;
  const auto code_of = [](ErrorCode code, Stage stage) {
    return failure_of({code, "why"}, stage).code;
  };
  EXPECT_EQ(code_of(ErrorCode::invalid_argument, Stage::witness), FailureCode::invalid_input);
  EXPECT_EQ(code_of(ErrorCode::failed_precondition, Stage::witness), FailureCode::unsatisfied);
  EXPECT_EQ(code_of(ErrorCode::internal, Stage::witness), FailureCode::witness_error);
  EXPECT_EQ(code_of(ErrorCode::deadline_exceeded, Stage::witness), FailureCode::witness_error);
  EXPECT_EQ(code_of(ErrorCode::too_large, Stage::witness), FailureCode::witness_error);
  EXPECT_EQ(code_of(ErrorCode::failed_precondition, Stage::program), FailureCode::witness_error);
  EXPECT_EQ(code_of(ErrorCode::internal, Stage::program), FailureCode::internal);
  EXPECT_EQ(code_of(ErrorCode::failed_precondition, Stage::proof), FailureCode::unsatisfied);
  EXPECT_EQ(code_of(ErrorCode::internal, Stage::proof), FailureCode::internal);
  EXPECT_EQ(code_of(ErrorCode::invalid_argument, Stage::key), FailureCode::internal);
  for (const Stage stage : {Stage::key, Stage::program, Stage::witness, Stage::proof}) {
    EXPECT_EQ(code_of(ErrorCode::resource_exhausted, stage), FailureCode::out_of_memory);
    if (stage == Stage::witness) continue;
    EXPECT_EQ(code_of(ErrorCode::data_loss, stage), FailureCode::internal);
    EXPECT_EQ(code_of(ErrorCode::not_found, stage), FailureCode::internal);
  }
}

}  // namespace
}  // namespace zkp::services::worker
