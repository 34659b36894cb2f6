#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "prover/curve/msm.h"

namespace zkp::prover::curve {
namespace {

using field::Limbs;

const field::Kernels& kernels() {
  static const field::Kernels& kChosen =
      *field::choose_kernels(field::detect_cpu(), std::getenv("ZKP_KERNELS") == nullptr
                                                      ? ""
                                                      : std::getenv("ZKP_KERNELS"))
           .value();
  return kChosen;
}

template <class Affine>
std::vector<Affine> points_of(const Affine& base, std::size_t count) {
  base::SeededRandom random(1);
  std::vector<Fr> scalars(count);
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  return multiply_fixed_base(base, scalars, kernels()).value();
}

std::vector<Limbs> scalars_of(std::size_t count, bool mostly_bits) {
  base::SeededRandom random(2);
  std::vector<Limbs> scalars(count);
  for (Limbs& scalar : scalars) {
    const bool full = !mostly_bits || random.next_u64() % 16 == 0;
    scalar = full ? Fr::random(random).to_standard() : Limbs{random.next_u64() % 2, 0, 0, 0};
  }
  return scalars;
}

// Arguments: log2 of the number of points, threads, one if 15 of 16 scalars are bits.
template <class Affine>
void msm_of(benchmark::State& state, const Affine& base) {
  const auto count = std::size_t{1} << state.range(0);
  const std::vector<Affine> points = points_of(base, count);
  const std::vector<Limbs> scalars = scalars_of(count, state.range(2) != 0);
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    arena.execute([&] { benchmark::DoNotOptimize(msm(points, scalars, kernels()).value()); });
  }
}

template <class Affine>
void fixed_base_of(benchmark::State& state, const Affine& base) {
  base::SeededRandom random(3);
  std::vector<Fr> scalars(std::size_t{1} << state.range(0));
  for (Fr& scalar : scalars) scalar = Fr::random(random);
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    arena.execute(
        [&] { benchmark::DoNotOptimize(multiply_fixed_base(base, scalars, kernels()).value()); });
  }
}

BENCHMARK_CAPTURE(msm_of, g1, g1_generator())
    ->Args({8, 1, 0})
    ->Args({12, 1, 0})
    ->Args({16, 1, 0})
    ->Args({16, 2, 0})
    ->Args({16, 1, 1})
    ->Args({14, 1, 0})
    ->Args({18, 1, 0})
    ->Args({20, 1, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(msm_of, g2, g2_generator())
    ->Args({16, 1, 0})
    ->Args({16, 2, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(fixed_base_of, g1, g1_generator())
    ->Args({16, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(fixed_base_of, g2, g2_generator())
    ->Args({16, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace zkp::prover::curve

BENCHMARK_MAIN();
