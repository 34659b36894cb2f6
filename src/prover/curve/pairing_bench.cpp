#include <benchmark/benchmark.h>

#include "prover/curve/final_exponentiation.h"
#include "prover/curve/miller_loop.h"
#include "prover/curve/pairing.h"

namespace zkp::prover::curve {
namespace {

std::vector<PointPair> pairs_of(std::int64_t count) {
  std::vector<PointPair> pairs;
  for (std::int64_t i = 0; i < count; ++i) {
    const Fr scalar = Fr::from_u64(static_cast<std::uint64_t>(i) + 123456789).squared().squared();
    pairs.push_back({(G1::from_affine(g1_generator()) * scalar).to_affine(),
                     (G2::from_affine(g2_generator()) * scalar.squared()).to_affine()});
  }
  return pairs;
}

void pairing_product_of(benchmark::State& state) {
  const std::vector<PointPair> pairs = pairs_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(pairing_product(pairs));
}
BENCHMARK(pairing_product_of)->Arg(1)->Arg(3)->Arg(4)->Unit(benchmark::kMicrosecond);

void final_exponentiation_alone(benchmark::State& state) {
  const Fq12 value = miller_loop(pairs_of(1)).value;
  for (auto _ : state) benchmark::DoNotOptimize(final_exponentiation(value));
}
BENCHMARK(final_exponentiation_alone)->Unit(benchmark::kMicrosecond);

void subgroup_check_of_g2(benchmark::State& state) {
  const G2Affine point = pairs_of(1)[0].g2;
  for (auto _ : state) benchmark::DoNotOptimize(is_in_subgroup(point));
}
BENCHMARK(subgroup_check_of_g2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace zkp::prover::curve

BENCHMARK_MAIN();
