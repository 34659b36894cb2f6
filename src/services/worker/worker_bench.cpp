#include <chrono>
#include <thread>

#include <benchmark/benchmark.h>

#include "base/log.h"
#include "network/store/memory/memory_artifacts.h"
#include "services/worker/test_leader.h"
#include "services/worker/worker.h"

// A whole worker over gRPC's in-process channel.
namespace zkp::services::worker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTask = "0190b0a0-0000-7000-8000-000000000001";

v1::AttemptRef ref_of(std::uint64_t attempt) {
  v1::AttemptRef ref;
  ref.set_task_id(kTask);
  ref.set_attempt(attempt);
  return ref;
}

// A worker with one slot and a key of merkle_tree/<leaves>,0.
class Bench {
 public:
  explicit Bench(int leaves) : circuit_("merkle_tree/" + std::to_string(leaves) + ",0") {
    server_ =
        std::move(network::rpc::CoordinatorServer::start({}, {.sessions = leader_,
                                                              .administration = administration_,
                                                              .artifacts = *artifacts_}))
            .value();
    worker_ = std::move(Worker::start(options(), {.kernels = **prover::field::choose_kernels(
                                                      prover::field::detect_cpu(), ""),
                                                  .random = random_,
                                                  .engine = test_engine()}))
                  .value();
    leader_.find([](const auto& event) { return event.has_hello(); });
    v1::Instruction setup;
    setup.mutable_setup()->set_circuit_id(circuit_);
    leader_.send(std::move(setup));
    const auto made = leader_.find([](const auto& event) { return event.has_setup_succeeded(); });
    if (made) zkey_ = made->setup_succeeded().zkey_digest();
    inputs_ = "\"1\"";
    for (int i = 1; i < leaves; ++i) inputs_ += ",\"1\"";
    inputs_ = R"({"public_inputs":[)" + inputs_ + R"(],"private_inputs":[]})";
  }
  [[nodiscard]] bool has_key() const { return !zkey_.empty(); }

  void assign(std::uint64_t attempt) {
    v1::Instruction instruction;
    v1::Assign& assign = *instruction.mutable_assign();
    *assign.mutable_ref() = ref_of(attempt);
    assign.set_circuit_id(circuit_);
    assign.set_zkey_digest(zkey_);
    assign.set_inputs(inputs_);
    leader_.send(std::move(instruction));
  }
  void cancel(std::uint64_t attempt) {
    v1::Instruction instruction;
    *instruction.mutable_cancel()->mutable_ref() = ref_of(attempt);
    leader_.send(std::move(instruction));
  }
  // False: it never did.
  bool wait_until_started(std::uint64_t attempt) {
    return leader_
        .find([attempt](const auto& event) {
          return event.has_started() && event.started().ref().attempt() == attempt;
        })
        .has_value();
  }

 private:
  WorkerOptions options() {
    return {.id = {"worker-1"},
            .version = "bench",
            .slots = 1,
            .threads = 1,
            .data_dir = folder_.path(),
            .memory_bytes = std::uint64_t{1} << 34,
            .key_memory_bytes = std::uint64_t{1} << 32,
            .key_disk_bytes = std::uint64_t{1} << 32,
            .coordinators = {.coordinators = {"in-process"},
                             .make_channel = [this](const std::string&) {
                               return server_->in_process_channel();
                             }}};
  }

  const std::string circuit_;
  std::string zkey_, inputs_;
  TestFolder folder_;
  base::SystemRandom random_;
  TestLeader leader_;
  NoAdministration administration_;
  std::unique_ptr<network::store::ArtifactStore> artifacts_ =
      network::store::make_memory_artifacts();
  std::unique_ptr<network::rpc::CoordinatorServer> server_;
  std::unique_ptr<Worker> worker_;
};

// From Cancel, at some time within an attempt, until the slot's next attempt has started. Argument
// 0 is the number of leaves. `loading`: the first one, while the key is loaded; `worst` of the
// others, and at which second of its attempt.
void bench_cancel_frees_the_slot(benchmark::State& state) {
  Bench bench(static_cast<int>(state.range(0)));
  if (!bench.has_key()) {
    state.SkipWithError("the key was not made");
    return;
  }
  std::uint64_t attempt = 1;
  std::chrono::milliseconds delay{0};
  double loading = 0, worst = 0, worst_at = 0;
  bench.assign(attempt);
  for (auto _ : state) {
    if (!bench.wait_until_started(attempt)) {
      state.SkipWithError("the slot was not free within 30 s");
      return;
    }
    bench.assign(attempt + 1);
    std::this_thread::sleep_for(delay);  // the moment to cancel at
    const Clock::time_point asked = Clock::now();
    bench.cancel(attempt);
    bench.wait_until_started(++attempt);
    const double seconds = std::chrono::duration<double>(Clock::now() - asked).count();
    state.SetIterationTime(seconds);
    if (attempt == 2) {
      loading = seconds;
    } else if (seconds > worst) {
      worst = seconds;
      worst_at = std::chrono::duration<double>(delay).count();
    }
    delay += std::chrono::milliseconds{23};
  }
  bench.cancel(attempt);
  state.counters["loading"] = loading;
  state.counters["worst"] = worst;
  state.counters["worst_at"] = worst_at;
}
BENCHMARK(bench_cancel_frees_the_slot)
    ->Arg(256)
    ->Arg(1024)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(60)
    ->UseManualTime();

}  // namespace
}  // namespace zkp::services::worker

BENCHMARK_MAIN();
