#include "services/worker/worker.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "base/log.h"
#include "services/request/task_inputs.h"
#include "services/worker/circuit_cache.h"
#include "services/worker/outbox.h"
#include "services/worker/prove_task.h"

namespace zkp::services::worker {
namespace {

using network::rpc::CoordinatorLink;

constexpr std::size_t kMostSetupsKept = 64;
constexpr std::chrono::milliseconds kPublishAgain{200};

v1::AttemptRef ref_of(const AttemptKey& key) {
  v1::AttemptRef ref;
  ref.set_task_id(key.first);
  ref.set_attempt(key.second);
  return ref;
}

// A lack of memory becomes an error.
template <class Work>
auto in_memory_there_is(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return base::Error{base::ErrorCode::resource_exhausted,
                       "the worker has not enough memory for this circuit"};
  }
}

class Stopwatch {
 public:
  double lap_ms() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// An attempt, from Assign until its result is in the outbox.
struct Attempt {
  std::string circuit_id, zkey_digest, program_digest;
  base::SecretBytes inputs;
  std::stop_source stop;
  Stage stage = Stage::queued;
  double fraction = 0;
};

class GrpcWorker final : public Worker, network::rpc::LinkHandler {
 public:
  GrpcWorker(WorkerOptions options, const WorkerPorts& ports, Outbox outbox)
      : options_(std::move(options)),
        parts_{.kernels = ports.kernels, .random = ports.random, .threads = options_.threads},
        engine_(ports.engine),
        outbox_(std::move(outbox)) {}

  base::Status open() {
    ZKP_TRY(circuits_,
            CircuitCache::open({.folder = options_.data_dir / "artifacts",
                                .most_disk_bytes = options_.key_disk_bytes,
                                .most_key_memory_bytes = options_.key_memory_bytes,
                                .program_limits = options_.witness_limits},
                               engine_,
                               [this](const std::string& digest, std::uint64_t offset,
                                      const ArtifactFiles::Sink& sink, std::stop_token stop) {
                                 return link().fetch(digest, offset, sink, std::move(stop));
                               }));
    const std::lock_guard lock(mutex_);
    link_ = CoordinatorLink::start(options_.coordinators, *this);
    for (unsigned i = 0; i < options_.slots; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { run_slot(stop); });
    }
    threads_.emplace_back([this](const std::stop_token& stop) { run_setups(stop); });
    threads_.emplace_back([this](const std::stop_token& stop) { run_heartbeat(stop); });
    return {};
  }

  ~GrpcWorker() override {
    for (std::jthread& thread : threads_) thread.request_stop();
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, attempt] : attempts_) attempt->stop.request_stop();
      for (auto& [circuit, stop] : setups_) stop.request_stop();
    }
    threads_.clear();
    link_->stop();
  }

  bool drain(std::chrono::milliseconds grace) override {
    std::unique_lock lock(mutex_);
    announce_draining();
    return changed_.wait_for(lock, grace,
                             [&] { return attempts_.empty() && outbox_.events().empty(); });
  }

  [[nodiscard]] WorkerState state() const override {
    const std::lock_guard lock(mutex_);
    return {.id = options_.id,
            .version = options_.version,
            .kernels = parts_.kernels.name,
            .welcomed = welcomed_,
            .term = term_,
            .draining = draining_,
            .slots = options_.slots,
            .slots_used = attempts_.size() - queue_.size(),
            .unacknowledged = outbox_.events().size(),
            .keys_in_memory = circuits_->loaded_keys().size(),
            .key_loads = circuits_->key_loads(),
            .program_loads = circuits_->program_loads(),
            .succeeded = succeeded_,
            .failed = failed_,
            .cancelled = cancelled_};
  }

 private:
  // --- the link's thread ----------------------------------------------------------------------

  v1::Hello hello() override {
    const std::lock_guard lock(mutex_);
    v1::Hello hello;
    hello.set_worker_id(options_.id.value);
    hello.set_version(options_.version);
    hello.set_slots(options_.slots);
    hello.set_memory_bytes(options_.memory_bytes);
    hello.set_kernels(parts_.kernels.name);
    hello.set_draining(draining_);
    for (std::string& digest : circuits_->loaded_keys()) hello.add_loaded_keys(std::move(digest));
    for (const auto& [key, attempt] : attempts_) *hello.add_running() = ref_of(key);
    for (const auto& [key, event] : outbox_.events()) *hello.add_finished() = ref_of(key);
    for (const auto& [circuit, stop] : setups_) hello.add_setups_running(circuit);
    return hello;
  }

  void on_disconnected() override {
    std::size_t attempts = 0;
    {
      const std::lock_guard lock(mutex_);
      welcomed_ = false;
      attempts = attempts_.size();
    }
    base::log_info("the connection to the coordinator is gone; {} attempts go on", attempts);
  }

  void on_instruction(v1::Instruction instruction) override {
    const std::lock_guard lock(mutex_);
    switch (instruction.instruction_case()) {
      case v1::Instruction::kWelcome:
        on_welcome(instruction.welcome());
        break;
      case v1::Instruction::kAssign:
        on_assign(*instruction.mutable_assign());
        break;
      case v1::Instruction::kCancel:
        on_cancel(key_of(instruction.cancel().ref()));
        break;
      case v1::Instruction::kAck:
        outbox_.remove(key_of(instruction.ack().ref()));
        break;
      case v1::Instruction::kDrain:
        announce_draining();
        if (options_.on_drain) options_.on_drain();
        break;
      case v1::Instruction::kSetup:
        on_setup(instruction.setup().circuit_id());
        break;
      case v1::Instruction::kCancelSetup:
        if (const auto job = setups_.find(instruction.cancel_setup().circuit_id());
            job != setups_.end()) {
          job->second.request_stop();
        }
        break;
      default:
        break;
    }
    changed_.notify_all();
  }

  void on_welcome(const v1::Welcome& welcome) {
    base::log_info("registration successful: {} at term {}", options_.id.value, welcome.term());
    welcomed_ = true;
    term_ = welcome.term();
    heartbeat_ = std::chrono::milliseconds(std::max(welcome.heartbeat_ms(), 10U));
    for (const auto& [key, event] : outbox_.events()) link_->send(event);
  }

  void announce_draining() {
    draining_ = true;
    v1::WorkerEvent event;
    event.mutable_draining();
    link_->send(std::move(event));
  }

  void on_assign(v1::Assign& assign) {
    const AttemptKey key = key_of(assign.ref());
    if (const v1::WorkerEvent* result = outbox_.find(key)) {
      link_->send(*result);
      return;
    }
    if (attempts_.contains(key)) return;
    auto attempt = std::make_shared<Attempt>();
    attempt->circuit_id = assign.circuit_id();
    attempt->zkey_digest = assign.zkey_digest();
    attempt->program_digest = assign.program_digest();
    attempt->inputs = base::SecretBytes::copy_of(base::as_bytes(assign.inputs()));
    base::wipe(assign.mutable_inputs()->data(), assign.inputs().size());
    attempts_.emplace(key, attempt);
    queue_.push_back(key);
  }

  // A result that is there stays until it is acknowledged, as each one is: the leader that gave the
  // attempt up may end before it hears of the proof, and the next one can use it.
  void on_cancel(const AttemptKey& key) {
    const auto found = attempts_.find(key);
    if (found == attempts_.end()) return;
    found->second->stop.request_stop();
    if (std::erase(queue_, key) == 0) return;
    attempts_.erase(found);
    ++cancelled_;
  }

  void on_setup(const std::string& circuit) {
    if (const auto done = setups_done_.find(circuit); done != setups_done_.end()) {
      link_->send(done->second);  // the leader did not hear it the first time
      return;
    }
    if (setups_.try_emplace(circuit).second) setup_queue_.push_back(circuit);
  }

  // --- the slots' threads ---------------------------------------------------------------------

  CoordinatorLink& link() {
    const std::lock_guard lock(mutex_);
    return *link_;
  }

  void run_slot(const std::stop_token& stop) {
    while (true) {
      AttemptKey key;
      std::shared_ptr<Attempt> attempt;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
        key = std::move(queue_.front());
        queue_.pop_front();
        attempt = attempts_.at(key);
      }
      base::log_info("Executing task {} (attempt {})", key.first, key.second);
      v1::WorkerEvent started;
      *started.mutable_started()->mutable_ref() = ref_of(key);
      link().send(std::move(started));
      finish_attempt(key, *attempt, in_memory_there_is([&] { return run_attempt(key, *attempt); }));
    }
  }

  base::Result<v1::WorkerEvent> run_attempt(const AttemptKey& key, Attempt& attempt) {
    Stopwatch watch;
    const auto enter = [&](Stage stage) { note(attempt, stage, 0); };
    const std::stop_token stop = attempt.stop.get_token();
    v1::WorkerEvent event;
    v1::Succeeded& succeeded = *event.mutable_succeeded();

    enter(Stage::key);
    ZKP_TRY(const CircuitCache::KeyRef circuit_key, circuits_->key(attempt.zkey_digest, stop));
    succeeded.set_key_ms(watch.lap_ms());

    Statement statement{attempt.circuit_id, attempt.inputs.reveal(), nullptr};
    CircuitCache::ProgramRef program;
    if (!attempt.program_digest.empty() && !request::is_witness(statement.inputs)) {
      enter(Stage::program);
      ZKP_TRY(program, circuits_->program(attempt.program_digest, stop));
      statement.program = program.get();
    }
    enter(Stage::witness);
    ZKP_TRY(const auto witness, find_witness(statement, options_.witness_limits, stop));
    succeeded.set_witness_ms(watch.lap_ms());

    enter(Stage::proof);
    ZKP_TRY(network::task::Proof proof, prove_statement(statement, witness, *circuit_key, parts_,
                                                        stop, [&](double fraction, const char*) {
                                                          note(attempt, Stage::proof, fraction);
                                                        }));
    succeeded.set_prove_ms(watch.lap_ms());
    *succeeded.mutable_ref() = ref_of(key);
    succeeded.set_proof_json(std::move(proof.proof_json));
    succeeded.set_public_signals_json(std::move(proof.public_signals_json));
    return event;
  }

  void note(Attempt& attempt, Stage stage, double fraction) {
    const std::lock_guard lock(mutex_);
    attempt.stage = stage;
    attempt.fraction = fraction;
  }

  void finish_attempt(const AttemptKey& key, const Attempt& attempt,
                      base::Result<v1::WorkerEvent> result) {
    const std::lock_guard lock(mutex_);
    attempts_.erase(key);
    changed_.notify_all();
    if (!result.ok() && attempt.stop.stop_requested()) {  // nobody wants it
      ++cancelled_;
      return;
    }
    ++(result.ok() ? succeeded_ : failed_);
    v1::WorkerEvent event;
    if (result.ok()) {
      event = *std::move(result);
    } else {
      const network::task::Failure failure = failure_of(result.error(), attempt.stage);
      base::log_warning("task {} (attempt {}) failed: {}", key.first, key.second, failure.message);
      *event.mutable_failed()->mutable_ref() = ref_of(key);
      event.mutable_failed()->set_code(network::task::name_of(failure.code));
      event.mutable_failed()->set_message(failure.message);
    }
    outbox_.put(key, event);
    link_->send(std::move(event));
  }

  // --- the set-ups' thread: one at a time, beside the slots -----------------------------------

  void run_setups(const std::stop_token& stop) {
    while (true) {
      std::string circuit;
      std::stop_token job_stop;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return !setup_queue_.empty(); })) return;
        circuit = std::move(setup_queue_.front());
        setup_queue_.pop_front();
        job_stop = setups_.at(circuit).get_token();
      }
      base::log_info("Making the key of {}", circuit);
      auto event = run_setup(circuit, job_stop);

      const std::lock_guard lock(mutex_);
      setups_.erase(circuit);
      if (job_stop.stop_requested()) continue;
      if (event.has_setup_succeeded()) {
        if (setups_done_.size() == kMostSetupsKept) setups_done_.erase(setups_done_.begin());
        setups_done_.insert_or_assign(circuit, event);
      }
      link_->send(std::move(event));
    }
  }

  v1::WorkerEvent run_setup(const std::string& circuit, const std::stop_token& stop) {
    const auto done = in_memory_there_is([&]() -> base::Result<v1::SetupSucceeded> {
      ZKP_TRY(const SetupFiles files, make_key(circuit, parts_, stop));
      v1::SetupSucceeded succeeded;
      succeeded.set_circuit_id(circuit);
      ZKP_TRY(std::string r1cs, publish(files.r1cs, stop));
      ZKP_TRY(std::string zkey, publish(files.zkey, stop));
      succeeded.set_r1cs_digest(std::move(r1cs));
      succeeded.set_zkey_digest(std::move(zkey));
      return succeeded;
    });
    v1::WorkerEvent event;
    if (done.ok()) {
      *event.mutable_setup_succeeded() = *done;
    } else {
      base::log_warning("the key of {} could not be made: {}", circuit, done.error().message);
      event.mutable_setup_failed()->set_circuit_id(circuit);
      event.mutable_setup_failed()->set_message(done.error().message);
    }
    return event;
  }

  // A leader or a database that is away says nothing about the key: it waits for them.
  base::Result<std::string> publish(base::ByteView file, const std::stop_token& stop) {
    while (true) {
      auto digest = link().publish(file, stop);
      if (digest.ok() || digest.error().code != base::ErrorCode::unavailable) return digest;
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, kPublishAgain, [] { return false; });
      if (stop.stop_requested()) return digest;
    }
  }

  // --- heartbeats: a thread of their own, so that a prover on every core does not look dead -----

  void run_heartbeat(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      heartbeat_due_.wait_for(lock, stop, heartbeat_, [] { return false; });
      v1::WorkerEvent event;
      v1::Heartbeat& heartbeat = *event.mutable_heartbeat();
      for (const auto& [key, attempt] : attempts_) {
        v1::Heartbeat::Progress& progress = *heartbeat.add_progress();
        *progress.mutable_ref() = ref_of(key);
        progress.set_stage(name_of(attempt->stage));
        progress.set_fraction(attempt->fraction);
      }
      for (const auto& [circuit, job] : setups_) heartbeat.add_setups(circuit);
      link_->send(std::move(event));
    }
  }

  const WorkerOptions options_;
  const ProverParts parts_;
  const prover::witness::Engine& engine_;
  std::unique_ptr<CircuitCache> circuits_;

  // Guards what follows. Calls into link_ that do not block are made under it; link_ never holds
  // its own lock while it calls us.
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::condition_variable_any heartbeat_due_;
  std::unique_ptr<CoordinatorLink> link_;
  std::map<AttemptKey, std::shared_ptr<Attempt>> attempts_;
  std::deque<AttemptKey> queue_;  // of attempts_, those that no slot has taken yet
  Outbox outbox_;
  std::map<std::string, std::stop_source> setups_;  // by circuit
  std::deque<std::string> setup_queue_;
  std::map<std::string, v1::WorkerEvent> setups_done_;
  std::chrono::milliseconds heartbeat_{2000};
  bool welcomed_ = false, draining_ = false;
  std::uint64_t term_ = 0;
  std::size_t succeeded_ = 0, failed_ = 0, cancelled_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace

base::Result<std::unique_ptr<Worker>> Worker::start(WorkerOptions options,
                                                    const WorkerPorts& ports) {
  ZKP_ASSERT(options.slots > 0 && options.threads > 0);
  ZKP_TRY(Outbox outbox, Outbox::open(options.data_dir / "results"));
  auto worker = std::make_unique<GrpcWorker>(std::move(options), ports, std::move(outbox));
  ZKP_CHECK(worker->open());
  return std::unique_ptr<Worker>(std::move(worker));
}

}  // namespace zkp::services::worker
