#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "prover/poly/domain.h"

namespace zkp::prover::poly {
namespace {

std::vector<Fr> values_of(std::size_t size) {
  base::SeededRandom random(size);
  std::vector<Fr> values(size);
  for (Fr& value : values) value = Fr::random(random);
  return values;
}

using Operation = base::Status (Domain::*)(std::span<Fr>, std::stop_token) const;

// Arguments: log of the size, threads.
void transform(benchmark::State& state, const field::Kernels* kernels, Operation operation) {
  const Domain domain(static_cast<std::size_t>(state.range(0)), *kernels);
  std::vector<Fr> values = values_of(domain.size());
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    if (!arena.execute([&] { return (domain.*operation)(values, {}).ok(); })) {
      state.SkipWithError("stopped");
    }
  }
}

void register_all() {
  for (const field::KernelsChoice& choice : field::all_kernels()) {
    if (!choice.runs) continue;
    const auto add = [&](const char* name, Operation operation) {
      const std::string title = std::string(name) + '/' + choice.kernels->name;
      benchmark::RegisterBenchmark(title.c_str(), transform, choice.kernels, operation)
          ->ArgsProduct({{16, 18, 20}, {1, 2}})
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    };
    add("forward", &Domain::forward);
    add("to_odd_coset", &Domain::to_odd_coset);
  }
}

}  // namespace
}  // namespace zkp::prover::poly

int main(int argc, char** argv) {
  zkp::prover::poly::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
