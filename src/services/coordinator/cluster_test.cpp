#include "base/seal.h"
#include "prover/circuit/catalogue.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/setup.h"
#include "prover/iden3/formats.h"
#include "services/coordinator/setup_check.h"
#include "services/coordinator/test_cluster.h"
#include "services/request/inputs_json.h"

namespace zkp::services::coordinator {
namespace {

namespace circuit = prover::circuit;
namespace iden3 = prover::iden3;
using network::task::TaskId;

constexpr auto kCircuit = "test/1";

template <class T>
T ok(base::Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(result).value();
}

}  // namespace

const TestKey& TestKey::get() {
  static const TestKey made = [] {
    base::SystemRandom random;
    const auto system = ok(circuit::build(ok(circuit::Shape::parse(kCircuit))));
    auto key = ok(prover::groth16::setup(
        system, {.kernels = prover::field::portable_kernels(), .random = random}));
    key.contributions = iden3::initial_contributions(key);
    return TestKey{iden3::write_r1cs(system), iden3::write_zkey(key)};
  }();
  return made;
}

network::task::Proof prove(const circuit::Inputs& inputs) {
  base::SystemRandom random;
  const auto key = ok(iden3::read_zkey(TestKey::get().zkey, iden3::PointChecks::none));
  const auto witness = ok(circuit::solve(ok(circuit::Shape::parse(kCircuit)), inputs));
  const auto proof = ok(prover::groth16::prove(
      key, witness, {.kernels = prover::field::portable_kernels(), .random = random}));
  return {iden3::write_proof_json(proof),
          iden3::write_public_json(ok(prover::groth16::public_signals_of(key, witness)))};
}

circuit::Inputs inputs_of(const std::string& number) { return {.public_inputs = {number}}; }

void TestWorker::send(v1::Instruction instruction) {
  const std::lock_guard lock(mutex_);
  instructions_.push_back(std::move(instruction));
  changed_.notify_all();
}

void TestWorker::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

v1::Instruction TestWorker::next(v1::Instruction::InstructionCase kind) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!changed_.wait_for(lock, kPatience, [&] { return !instructions_.empty(); })) {
      ADD_FAILURE() << "no instruction of kind " << kind << " came";
      return {};
    }
    v1::Instruction instruction = std::move(instructions_.front());
    instructions_.pop_front();
    if (instruction.instruction_case() == kind) return instruction;
  }
}

void TestWorker::wait_until_closed() {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, kPatience, [&] { return closed_; }));
}

CoordinatorTest::CoordinatorTest()
    : seal_(base::SecretBytes(base::Bytes(base::kSealKeyBytes, 7))),
      store_(network::store::make_memory_store()),
      artifacts_(network::store::make_memory_artifacts()),
      subscription_(store_->subscribe([this](const network::store::Hint&) {
        const std::lock_guard lock(mutex_);
        store_changed_.notify_all();
      })) {}

std::unique_ptr<Coordinator> CoordinatorTest::lead(std::uint64_t term, CoordinatorOptions options) {
  auto& consensus = consensus_.emplace_back(network::consensus::Solo::Options{
      .node_id = "coordinator-1", .address = "127.0.0.1:9090", .term = term});
  auto coordinator = ok(Coordinator::start(options, {.store = *store_,
                                                     .artifacts = *artifacts_,
                                                     .consensus = consensus,
                                                     .seal = seal_,
                                                     .clock = clock_,
                                                     .random = random_}));
  wait_until_leading(*coordinator);
  return coordinator;
}

// The first poll is part of taking over.
void CoordinatorTest::wait_until_leading(Coordinator& coordinator) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (coordinator.cluster().scheduler.poll_cycles == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::yield();
  }
}

std::string CoordinatorTest::upload(const base::Bytes& file) {
  auto taken = ok(artifacts_->begin());
  EXPECT_TRUE(taken->append(file).ok());
  return ok(taken->finish());
}

void CoordinatorTest::publish_key() {
  const std::string r1cs = upload(TestKey::get().r1cs), zkey = upload(TestKey::get().zkey);
  EXPECT_TRUE(store_->take_leadership({1}).ok());
  const auto record = ok(check_setup({kCircuit}, r1cs, zkey, *artifacts_));
  EXPECT_TRUE(store_->publish_circuit({1}, record).ok());
}

TaskId CoordinatorTest::submit(const std::string& number) {
  network::store::Submission submission;
  submission.now = clock_.now();
  submission.id = TaskId::make(submission.now, random_);
  submission.circuit_type = "test";
  submission.circuit = {kCircuit};
  submission.sealed_inputs =
      seal_.close(submission.id, request::write_inputs(inputs_of(number)).reveal(), random_);
  return ok(store_->submit(submission, 1000)).task.id;
}

network::task::Task CoordinatorTest::find(const TaskId& id) { return ok(store_->find(id)); }

network::task::Task CoordinatorTest::wait_for(const TaskId& id, network::task::Status status) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::unique_lock lock(mutex_);
  while (true) {
    lock.unlock();
    network::task::Task task = find(id);
    lock.lock();
    if (task.status == status) return task;
    if (std::chrono::steady_clock::now() > until) {
      ADD_FAILURE() << "the task is " << name_of(task.status) << ", not " << name_of(status);
      return task;
    }
    store_changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
}

v1::Hello CoordinatorTest::hello(const std::string& worker, std::uint32_t slots) {
  v1::Hello hello;
  hello.set_worker_id(worker);
  hello.set_slots(slots);
  hello.set_memory_bytes(std::uint64_t{1} << 40);
  return hello;
}

CoordinatorTest::WorkerPtr CoordinatorTest::join(Coordinator& coordinator, const v1::Hello& hello) {
  auto worker = std::make_shared<TestWorker>();
  v1::WorkerEvent event;
  *event.mutable_hello() = hello;
  say(coordinator, worker, std::move(event));
  worker->next(v1::Instruction::kWelcome);
  return worker;
}

void CoordinatorTest::say(Coordinator& coordinator, const WorkerPtr& worker,
                          v1::WorkerEvent event) {
  coordinator.sessions().on_event(worker, std::move(event));
}

void CoordinatorTest::start(Coordinator& coordinator, const WorkerPtr& worker,
                            const v1::AttemptRef& ref) {
  v1::WorkerEvent event;
  *event.mutable_started()->mutable_ref() = ref;
  say(coordinator, worker, std::move(event));
}

void CoordinatorTest::succeed(Coordinator& coordinator, const WorkerPtr& worker,
                              const v1::AttemptRef& ref, const network::task::Proof& proof) {
  v1::WorkerEvent event;
  v1::Succeeded& succeeded = *event.mutable_succeeded();
  *succeeded.mutable_ref() = ref;
  succeeded.set_proof_json(proof.proof_json);
  succeeded.set_public_signals_json(proof.public_signals_json);
  say(coordinator, worker, std::move(event));
}

v1::AttemptRef CoordinatorTest::next_assignment(const WorkerPtr& worker) {
  return worker->next(v1::Instruction::kAssign).assign().ref();
}

}  // namespace zkp::services::coordinator
