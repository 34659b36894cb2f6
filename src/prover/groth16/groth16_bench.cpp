#include <chrono>
#include <map>
#include <thread>

#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "prover/curve/msm.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/synthetic.h"
#include "prover/groth16/test_circuits.h"
#include "prover/groth16/verify.h"

// Argument 0 is the number of constraints, argument 1 the number of threads.
namespace zkp::prover::groth16 {
namespace {

struct Fixture {
  circuit::Witness witness;
  ProvingKey key;
};

// Made once for each size.
const Fixture& fixture(std::size_t constraint_count) {
  static std::map<std::size_t, Fixture> made;
  const auto found = made.find(constraint_count);
  if (found != made.end()) return found->second;
  SyntheticCircuit circuit = synthetic_circuit(constraint_count, 1);
  base::SystemRandom random;
  auto key = setup(circuit.system, {.kernels = kernels(), .random = random});
  return made.emplace(constraint_count, Fixture{std::move(circuit.witness), *std::move(key)})
      .first->second;
}

void bench_prove(benchmark::State& state) {
  const Fixture& f = fixture(static_cast<std::size_t>(state.range(0)));
  const auto threads = static_cast<int>(state.range(1));
  base::SystemRandom random;
  tbb::task_arena arena(threads);
  ProveTimings sum;
  for (auto _ : state) {
    ProveTimings timings;
    arena.execute([&] {
      benchmark::DoNotOptimize(
          prove(f.key, f.witness, {.kernels = kernels(), .random = random}, &timings));
    });
    sum.rows += timings.rows;
    sum.transforms += timings.transforms;
    sum.msm_a += timings.msm_a;
    sum.msm_b1 += timings.msm_b1;
    sum.msm_b2 += timings.msm_b2;
    sum.msm_c += timings.msm_c;
    sum.msm_h += timings.msm_h;
  }
  using benchmark::Counter;
  state.counters["rows"] = Counter(sum.rows, Counter::kAvgIterations);
  state.counters["transforms"] = Counter(sum.transforms, Counter::kAvgIterations);
  state.counters["msm_a"] = Counter(sum.msm_a, Counter::kAvgIterations);
  state.counters["msm_b1"] = Counter(sum.msm_b1, Counter::kAvgIterations);
  state.counters["msm_b2"] = Counter(sum.msm_b2, Counter::kAvgIterations);
  state.counters["msm_c"] = Counter(sum.msm_c, Counter::kAvgIterations);
  state.counters["msm_h"] = Counter(sum.msm_h, Counter::kAvgIterations);
}
BENCHMARK(bench_prove)
    ->ArgsProduct({{65520}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// From asking for a stop, at some time within the proof, to the answer.
void bench_cancel(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  const Fixture& f = fixture(static_cast<std::size_t>(state.range(0)));
  base::SystemRandom random;
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  std::chrono::milliseconds delay{0};
  double worst = 0;
  for (auto _ : state) {
    std::stop_source source;
    Clock::time_point asked;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(delay);
      asked = Clock::now();
      source.request_stop();
    });
    const bool finished = arena.execute([&] {
      return prove(f.key, f.witness,
                   {.kernels = kernels(), .random = random, .stop = source.get_token()})
          .ok();
    });
    const Clock::time_point answered = Clock::now();
    stopper.join();
    const double seconds = finished ? 0 : std::chrono::duration<double>(answered - asked).count();
    state.SetIterationTime(seconds);
    worst = std::max(worst, seconds);
    delay = finished ? std::chrono::milliseconds{0} : delay + std::chrono::milliseconds{61};
  }
  state.counters["worst"] = worst;
}
BENCHMARK(bench_cancel)
    ->ArgsProduct({{65520, 262000}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(40)
    ->UseManualTime();

void bench_setup(benchmark::State& state) {
  const SyntheticCircuit circuit = synthetic_circuit(static_cast<std::size_t>(state.range(0)), 1);
  base::SystemRandom random;
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    arena.execute([&] {
      benchmark::DoNotOptimize(setup(circuit.system, {.kernels = kernels(), .random = random}));
    });
  }
}
BENCHMARK(bench_setup)
    ->Args({65520, 2})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

// The points of a ceremony with a known secret, fast.
PowersOfTau powers_for(const Trapdoor& trapdoor, std::uint32_t domain_log) {
  const std::vector<Fr> lagrange = poly::Domain(domain_log, kernels()).lagrange_at(trapdoor.tau);
  const std::vector<Fr> twice = poly::Domain(domain_log + 1, kernels()).lagrange_at(trapdoor.tau);
  const auto g1 = [&](const Fr& factor, std::span<const Fr> values) {
    std::vector<Fr> scalars(values.begin(), values.end());
    for (Fr& scalar : scalars) scalar *= factor;
    return *curve::multiply_fixed_base(curve::g1_generator(), scalars, kernels());
  };
  PowersOfTau powers{
      .domain_log = domain_log,
      .lagrange_tau_g1 = g1(Fr::one(), lagrange),
      .lagrange_alpha_tau_g1 = g1(trapdoor.alpha, lagrange),
      .lagrange_beta_tau_g1 = g1(trapdoor.beta, lagrange),
      .lagrange_tau_g2 = *curve::multiply_fixed_base(curve::g2_generator(), lagrange, kernels())};
  const std::vector<G1Affine> h = g1(Fr::one(), twice);
  for (std::size_t i = 1; i < h.size(); i += 2) powers.h.push_back(h[i]);
  return powers;
}

// Random rows of up to 4 terms; every second coefficient is as large as r.
void bench_setup_from_powers(benchmark::State& state) {
  const auto system = random_instance(1, static_cast<std::uint32_t>(state.range(0)), 1).system;
  const PowersOfTau powers = powers_for(random_trapdoor(1).reveal(), *domain_log_of(system));
  base::SystemRandom random;
  tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    arena.execute([&] {
      benchmark::DoNotOptimize(
          setup_from_powers(system, powers, {.kernels = kernels(), .random = random}));
    });
  }
}
BENCHMARK(bench_setup_from_powers)
    ->Args({60000, 2})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

void bench_verify(benchmark::State& state) {
  const Fixture& f = fixture(1000);
  base::SystemRandom random;
  const auto signals = *public_signals_of(f.key, f.witness);
  const Proof proof = *prove(f.key, f.witness, {.kernels = kernels(), .random = random});
  for (auto _ : state) {
    benchmark::DoNotOptimize(verify(f.key.verifying, signals, proof));
  }
}
BENCHMARK(bench_verify)->Unit(benchmark::kMicrosecond);

void bench_verify_prepared(benchmark::State& state) {
  const Fixture& f = fixture(1000);
  base::SystemRandom random;
  const auto signals = *public_signals_of(f.key, f.witness);
  const Proof proof = *prove(f.key, f.witness, {.kernels = kernels(), .random = random});
  const PreparedVerifyingKey key(f.key.verifying);
  for (auto _ : state) benchmark::DoNotOptimize(verify(key, signals, proof));
}
BENCHMARK(bench_verify_prepared)->Unit(benchmark::kMicrosecond);

void bench_prepare_key(benchmark::State& state) {
  const Fixture& f = fixture(1000);
  for (auto _ : state) benchmark::DoNotOptimize(PreparedVerifyingKey(f.key.verifying));
}
BENCHMARK(bench_prepare_key)->Unit(benchmark::kMicrosecond);

// Arguments: the number of proofs, and the place of the kernels in all_kernels().
void bench_verify_batch(benchmark::State& state) {
  const auto& [backend, runs] = field::all_kernels()[static_cast<std::size_t>(state.range(1))];
  state.SetLabel(backend->name);
  if (!runs) return state.SkipWithError("this CPU lacks what it needs");
  const Fixture& f = fixture(1000);
  base::SystemRandom random;
  const auto signals = *public_signals_of(f.key, f.witness);
  const Proof proof = *prove(f.key, f.witness, {.kernels = kernels(), .random = random});
  const PreparedVerifyingKey key(f.key.verifying);
  const std::vector<Statement> statements(static_cast<std::size_t>(state.range(0)),
                                          {signals, &proof});
  for (auto _ : state) {
    benchmark::DoNotOptimize(verify_batch(key, statements, random, *backend));
  }
}
BENCHMARK(bench_verify_batch)
    ->ArgsProduct({{8, 64, 256},
                   benchmark::CreateDenseRange(
                       0, static_cast<std::int64_t>(field::all_kernels().size()) - 1, 1)})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace zkp::prover::groth16

BENCHMARK_MAIN();
