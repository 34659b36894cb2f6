#include <array>

#include <benchmark/benchmark.h>

#include "prover/circuit/poseidon.h"

namespace zkp::prover::circuit {
namespace {

void poseidon_of(benchmark::State& state) {
  std::vector<Fr> inputs(static_cast<std::size_t>(state.range(0)), Fr::from_u64(7));
  for (auto _ : state) inputs[0] = poseidon_hash(inputs);
}
BENCHMARK(poseidon_of)->Arg(2)->Arg(16)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace zkp::prover::circuit

BENCHMARK_MAIN();
