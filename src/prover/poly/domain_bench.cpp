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

// Argument: log of the size.
void multiply_subtract(benchmark::State& state, const field::Kernels* kernels) {
  const Domain domain(static_cast<std::size_t>(state.range(0)), *kernels);
  std::vector<Fr> a = values_of(domain.size());
  const std::vector<Fr> b = a;
  const std::vector<Fr> c = a;
  std::vector<field::Limbs> out(domain.size());
  for (auto _ : state) domain.multiply_subtract(a, b, c, out);
}

// Argument: log of the size.
void construct(benchmark::State& state, const field::Kernels* kernels) {
  for (auto _ : state) {
    const Domain domain(static_cast<std::size_t>(state.range(0)), *kernels);
    benchmark::DoNotOptimize(domain.root());
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
    const auto add_alone = [&](const char* name, auto* function) {
      const std::string title = std::string(name) + '/' + choice.kernels->name;
      benchmark::RegisterBenchmark(title.c_str(), function, choice.kernels)
          ->ArgsProduct({{16, 18, 20}})
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    };
    add_alone("multiply_subtract", multiply_subtract);
    add_alone("construct", construct);
  }
}

}  // namespace
}  // namespace zkp::prover::poly

int main(int argc, char** argv) {
  zkp::prover::poly::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
