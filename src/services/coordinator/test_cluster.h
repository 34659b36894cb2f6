#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "network/consensus/solo/solo.h"
#include "network/store/memory/memory_artifacts.h"
#include "network/store/memory/memory_store.h"
#include "prover/circuit/catalogue.h"
#include "services/coordinator/coordinator.h"

namespace zkp::services::coordinator {

// Long enough for the slowest sanitizer; a test that passes does not wait.
inline constexpr auto kPatience = std::chrono::seconds(60);

// The key pair of test/1, made once, and what it proves.
struct TestKey {
  base::Bytes r1cs, zkey;
  static const TestKey& get();
};
network::task::Proof prove(const prover::circuit::Inputs& inputs);
prover::circuit::Inputs inputs_of(const std::string& number);

// A worker's end of a connection: what the coordinator sends is kept for the test to look at.
class TestWorker final : public network::rpc::Session {
 public:
  void send(v1::Instruction instruction) override;
  void close() override;
  [[nodiscard]] std::string peer() const override { return "test"; }

  // Waits for the next instruction of this kind; those before it are dropped.
  v1::Instruction next(v1::Instruction::InstructionCase kind);
  void wait_until_closed();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::Instruction> instructions_;
  bool closed_ = false;
};

class CoordinatorTest : public testing::Test {
 protected:
  using WorkerPtr = std::shared_ptr<TestWorker>;

  CoordinatorTest();

  // Starts a coordinator that leads at once, in this term.
  std::unique_ptr<Coordinator> lead(std::uint64_t term = 1, CoordinatorOptions options = {});
  static void wait_until_leading(Coordinator& coordinator);

  // The key of test/1, as if a leader had published it.
  void publish_key();
  std::string upload(const base::Bytes& file);
  network::task::TaskId submit(const std::string& number = "7");
  network::task::Task find(const network::task::TaskId& id);
  // Waits until the store has the task in this state.
  network::task::Task wait_for(const network::task::TaskId& id, network::task::Status status);

  static v1::Hello hello(const std::string& worker, std::uint32_t slots = 1);
  // Connects, and waits for the welcome.
  WorkerPtr join(Coordinator& coordinator, const v1::Hello& hello);
  static void say(Coordinator& coordinator, const WorkerPtr& worker, v1::WorkerEvent event);
  static void start(Coordinator& coordinator, const WorkerPtr& worker, const v1::AttemptRef& ref);
  static void succeed(Coordinator& coordinator, const WorkerPtr& worker, const v1::AttemptRef& ref,
                      const network::task::Proof& proof);
  static v1::AttemptRef next_assignment(const WorkerPtr& worker);

  std::mutex mutex_;
  std::condition_variable store_changed_;
  base::SystemClock clock_;
  base::SystemRandom random_;
  request::InputSeal seal_;
  std::unique_ptr<network::store::Store> store_;
  std::unique_ptr<network::store::ArtifactStore> artifacts_;
  std::unique_ptr<network::store::Store::Subscription> subscription_;
  std::deque<network::consensus::Solo> consensus_;
};

}  // namespace zkp::services::coordinator
