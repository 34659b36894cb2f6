#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "prover/field/kernels.h"

// Time per element: of the operators of field.h (dependent: each needs the one before; independent:
// throughput), and of each implementation's batches, which lie in the first-level cache.
namespace zkp::prover::field {
namespace {

constexpr std::size_t kCount = 128;

template <class Field>
std::vector<Field> elements(std::uint64_t seed) {
  base::SeededRandom random(seed);
  std::vector<Field> values(kCount);
  for (Field& value : values) value = Field::random(random);
  return values;
}

void per_element(benchmark::State& state) {
  state.counters["per_element"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kCount,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Field, class Function>
void batch(benchmark::State& state, Function function) {
  std::vector<Field> a = elements<Field>(1);
  std::vector<Field> b = elements<Field>(2);
  const std::vector<Field> c = elements<Field>(3);
  for (auto _ : state) {
    function(a.data(), b.data(), c.data());
    benchmark::ClobberMemory();
  }
  per_element(state);
}

template <class Field>
void register_batches(const std::string& prefix, const FieldKernels<Field>& kernels) {
  const auto add = [&](const char* name, auto function) {
    benchmark::RegisterBenchmark((prefix + name).c_str(), [function](benchmark::State& state) {
      batch<Field>(state, function);
    });
  };
  add("add", [&](Field* a, Field* b, const Field*) { kernels.add(a, a, b, kCount); });
  add("subtract", [&](Field* a, Field* b, const Field*) { kernels.subtract(a, a, b, kCount); });
  add("multiply", [&](Field* a, Field* b, const Field*) { kernels.multiply(a, a, b, kCount); });
  add("square", [&](Field* a, Field*, const Field*) { kernels.square(a, a, kCount); });
  add("scale", [&](Field* a, Field* b, const Field*) { kernels.scale(a, a, b, kCount); });
  add("butterfly_frequency",
      [&](Field* a, Field* b, const Field* c) { kernels.butterfly_frequency(a, b, c, kCount); });
  add("butterfly_time",
      [&](Field* a, Field* b, const Field* c) { kernels.butterfly_time(a, b, c, kCount); });
}

template <class Field>
void register_operators(const std::string& prefix) {
  benchmark::RegisterBenchmark((prefix + "multiply_dependent").c_str(), [](auto& state) {
    batch<Field>(state, [](Field* a, Field* b, const Field*) {
      for (std::size_t i = 0; i < kCount; ++i) a[0] *= b[i];
    });
  });
  benchmark::RegisterBenchmark((prefix + "multiply_independent").c_str(), [](auto& state) {
    batch<Field>(state, [](Field* a, Field* b, const Field*) {
      for (std::size_t i = 0; i < kCount; ++i) a[i] *= b[i];
    });
  });
  benchmark::RegisterBenchmark((prefix + "add_dependent").c_str(), [](auto& state) {
    batch<Field>(state, [](Field* a, Field* b, const Field*) {
      for (std::size_t i = 0; i < kCount; ++i) a[0] += b[i];
    });
  });
  benchmark::RegisterBenchmark((prefix + "inverse").c_str(), [](benchmark::State& state) {
    Field value = elements<Field>(1)[0];
    for (auto _ : state) value = value.inverse();
    benchmark::DoNotOptimize(value);
  });
}

}  // namespace
}  // namespace zkp::prover::field

int main(int argc, char** argv) {
  using namespace zkp::prover::field;
  register_operators<Fr>("Fr/operators/");
  register_operators<Fq>("Fq/operators/");
  for (const KernelsChoice& choice : all_kernels()) {
    if (!choice.runs) continue;
    register_batches<Fr>(std::string("Fr/") + choice.kernels->name + '/', choice.kernels->fr);
    register_batches<Fq>(std::string("Fq/") + choice.kernels->name + '/', choice.kernels->fq);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
