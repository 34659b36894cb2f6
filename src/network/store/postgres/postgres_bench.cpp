#include <atomic>

#include <benchmark/benchmark.h>

#include "network/store/postgres/postgres_store.h"
#include "network/store/postgres/test_server.h"

// Submissions, each on the server's disk before its caller goes on, by one caller and by many, in
// one gateway and in four.
namespace zkp::network::store {
namespace {

class SubmitBenchmark : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    server_ = postgres::TestServer::start({.fsync = true}).value();
    const PostgresOptions options = server_->options(server_->make_database());
    submitted_ = 0;
    for (int i = 0; i < state.range(0); ++i)
      stores_.push_back(open_postgres_store(options).value());
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    stores_.clear();
    server_.reset();
  }

 protected:
  std::unique_ptr<postgres::TestServer> server_;
  std::vector<std::unique_ptr<Store>> stores_;
  std::atomic<std::size_t> submitted_ = 0;
};

BENCHMARK_DEFINE_F(SubmitBenchmark, Submit)(benchmark::State& state) {
  base::SystemRandom random;
  const base::SystemClock clock;
  const std::size_t distance = state.range(1) != 0 ? 2'000 : 10'000'000;
  Submission submission;
  submission.circuit_type = "test";
  submission.circuit = {"test/1"};
  submission.sealed_inputs.resize(200);
  for (auto _ : state) {
    Store& store = *stores_[static_cast<std::size_t>(state.thread_index()) % stores_.size()];
    submission.now = clock.now();
    submission.id = TaskId::make(submission.now, random);
    if (!store.submit(submission, ++submitted_ + distance).ok()) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
}
// Far from the queue's limit gateways submit side by side, near it they take turns: see enter_queue
// in api/sql/postgres.
BENCHMARK_REGISTER_F(SubmitBenchmark, Submit)
    ->ArgNames({"gateways", "near"})
    ->Args({1, 0})
    ->Threads(1)
    ->Threads(16)
    ->UseRealTime();
BENCHMARK_REGISTER_F(SubmitBenchmark, Submit)
    ->ArgNames({"gateways", "near"})
    ->Args({4, 0})
    ->Args({4, 1})
    ->Threads(16)
    ->Threads(64)
    ->UseRealTime();

}  // namespace
}  // namespace zkp::network::store

BENCHMARK_MAIN();
