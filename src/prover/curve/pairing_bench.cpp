#include <benchmark/benchmark.h>

#include "prover/curve/final_exponentiation.h"
#include "prover/curve/miller_loop.h"
#include "prover/curve/pairing.h"
#include "prover/curve/short_scalar.h"

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

// One fresh pair and some that are prepared.
void miller_loop_alone(benchmark::State& state) {
  const std::vector<PointPair> pairs = pairs_of(1);
  const PreparedG2 point = prepare(pairs[0].g2);
  const std::vector<PreparedPair> prepared(static_cast<std::size_t>(state.range(0)),
                                           {G1::from_affine(pairs[0].g1), &point});
  for (auto _ : state) benchmark::DoNotOptimize(miller_loop(pairs, prepared));
}
BENCHMARK(miller_loop_alone)->Arg(0)->Arg(2)->Unit(benchmark::kMicrosecond);

// The last argument of these is 0 for portable kernels, 1 for this CPU's fastest.
const field::Kernels& kernels_of(std::int64_t argument) {
  return argument == 0 ? field::portable_kernels()
                       : **field::choose_kernels(field::detect_cpu(), "");
}

void miller_loop_of_pairs(benchmark::State& state) {
  const std::vector<PointPair> pairs = pairs_of(state.range(0));
  const field::Kernels& kernels = kernels_of(state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(miller_loop_of_many(pairs, kernels));
}
BENCHMARK(miller_loop_of_pairs)->ArgsProduct({{8, 64}, {0, 1}})->Unit(benchmark::kMicrosecond);

void multiples_by_short_scalars(benchmark::State& state) {
  base::SeededRandom random(1);
  std::vector<G1Affine> points;
  std::vector<ShortScalar> scalars;
  for (const PointPair& pair : pairs_of(state.range(0))) {
    points.push_back(pair.g1);
    scalars.push_back(ShortScalar::random(random));
  }
  const field::Kernels& kernels = kernels_of(state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(multiples(points, scalars, kernels));
}
BENCHMARK(multiples_by_short_scalars)->ArgsProduct({{64}, {0, 1}})->Unit(benchmark::kMicrosecond);

void subgroup_check_of_g2(benchmark::State& state) {
  const G2Affine point = pairs_of(1)[0].g2;
  for (auto _ : state) benchmark::DoNotOptimize(is_in_subgroup(point));
}
BENCHMARK(subgroup_check_of_g2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace zkp::prover::curve

BENCHMARK_MAIN();
