#include <filesystem>

#include <benchmark/benchmark.h>

#include "network/store/sqlite/sqlite_store.h"

// Submissions, each on disk before its caller goes on, by one caller and by many.
namespace zkp::network::store {
namespace {

class SubmitBenchmark : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    folder_ = std::filesystem::temp_directory_path() / "zkp_sqlite_bench";
    std::filesystem::remove_all(folder_);
    store_ = open_sqlite_store(folder_).value();
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

 protected:
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

BENCHMARK_DEFINE_F(SubmitBenchmark, Submit)(benchmark::State& state) {
  base::SystemRandom random;
  const base::SystemClock clock;
  Submission submission;
  submission.circuit_type = "test";
  submission.circuit = {"test/1"};
  submission.sealed_inputs.resize(200);
  for (auto _ : state) {
    submission.now = clock.now();
    submission.id = TaskId::make(submission.now, random);
    if (!store_->submit(submission, 10'000'000).ok()) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_REGISTER_F(SubmitBenchmark, Submit)->Threads(1)->Threads(16)->UseRealTime();

}  // namespace
}  // namespace zkp::network::store

BENCHMARK_MAIN();
