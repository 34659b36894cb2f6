#include <benchmark/benchmark.h>

#include "prover/circuit/poseidon.h"
#include "prover/circuit/testing.h"

namespace zkp::prover::circuit {
namespace {

void poseidon_of(benchmark::State& state) {
  std::vector<Fr> inputs(static_cast<std::size_t>(state.range(0)), Fr::from_u64(7));
  for (auto _ : state) inputs[0] = poseidon_hash(inputs);
}
BENCHMARK(poseidon_of)->Arg(2)->Arg(16)->Unit(benchmark::kMicrosecond);

const Inputs& largest_tree() {
  static const Inputs inputs =
      testing::positional(testing::numbers(1, 512), testing::numbers(513, 512));
  return inputs;
}
const Shape kLargestTree{.circuit_type = "merkle_tree", .sizes = {512, 512}};

void shape_of_largest_tree(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(shape_of("merkle_tree", largest_tree()));
}
BENCHMARK(shape_of_largest_tree)->Unit(benchmark::kMillisecond);

void build_largest_tree(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(build(kLargestTree));
}
BENCHMARK(build_largest_tree)->Unit(benchmark::kMillisecond);

void solve_largest_tree(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(solve(kLargestTree, largest_tree()));
}
BENCHMARK(solve_largest_tree)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zkp::prover::circuit

BENCHMARK_MAIN();
