// zkp bench field | msm | ntt | groth16 | witness: how fast this machine is. Medians of several
// runs.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <malloc.h>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tbb/task_arena.h>

#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "prover/circuit/catalogue.h"
#include "prover/curve/msm.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/setup.h"
#include "prover/groth16/synthetic.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "prover/poly/domain.h"
#include "prover/witness/program.h"
#include "services/gateway/proof_request.h"
#include "services/request/inputs_json.h"

namespace zkp::apps {
namespace {

namespace field = prover::field;
namespace groth16 = prover::groth16;
using field::Fq;
using field::Fr;
using Json = nlohmann::ordered_json;

struct BenchOptions {
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  int runs = 5;
  int log_size = 16;
  std::size_t constraints = 65'520;
  std::string group = "g1", zkey, witness, request, wasm, input;
  bool windows = false;
  bool json = false;
};

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// The most memory that the process has held since forget_peak_memory() (proc_pid_status(5)).
double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

void forget_peak_memory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

// Seconds of each run of `work`, in order of their length.
template <class Work>
std::vector<double> measure(int runs, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(seconds);
  return seconds;
}

double median(const std::vector<double>& sorted) { return sorted[sorted.size() / 2]; }

// How far apart the runs were, as a share of the median: the noise.
double spread(const std::vector<double>& sorted) {
  return (sorted.back() - sorted.front()) / median(sorted);
}

Json heading(const char* what, const BenchOptions& options, const Environment& environment) {
  return {{"bench", what},
          {"cpu", cpu_name()},
          {"kernels", environment.kernels.name},
          {"threads", options.threads},
          {"runs", options.runs}};
}

void print(const Json& report, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", report.dump(2));
    return;
  }
  for (const auto& [name, value] : report.items()) {
    if (value.is_number_float()) {
      fmt::print("{:24} {:.4g}\n", name, value.get<double>());
    } else {
      fmt::print("{:24} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
}

template <class Field>
std::vector<Field> random_elements(std::size_t count, base::Random& random) {
  std::vector<Field> elements(count);
  for (Field& element : elements) element = Field::random(random);
  return elements;
}

// Nanoseconds for a product: of arrays that stay in the first-level cache, and without memory,
// which is the peak that larger work is held against.
template <class Field>
struct ProductNs {
  double arrays, peak;

  ProductNs(const field::Kernels& kernels, base::Random& random) {
    constexpr std::size_t kBatch = 256, kRepeats = 2000;
    std::vector<Field> a = random_elements<Field>(kBatch, random);
    const std::vector<Field> b = random_elements<Field>(kBatch, random);
    const auto& table = field::kernels_for<Field>(kernels);
    const double ns = 1e9 / (kBatch * kRepeats);
    arrays = ns * median(measure(7, [&] {
               for (std::size_t i = 0; i < kRepeats; ++i) {
                 table.multiply(a.data(), a.data(), b.data(), kBatch);
               }
             }));
    peak = ns * median(measure(7, [&] {
             table.multiply_repeatedly(a.data(), a.data(), b.data(), kRepeats, kBatch);
           }));
  }
};

base::Status bench_field(const BenchOptions& options, const Environment& environment) {
  Json report = heading("field", options, environment);
  report["threads"] = 1;
  const ProductNs<Fr> fr(environment.kernels, environment.random);
  const ProductNs<Fq> fq(environment.kernels, environment.random);
  const ProductNs<Fq> portable(field::portable_kernels(), environment.random);
  report["fr_product_ns"] = fr.arrays;
  report["fq_product_ns"] = fq.arrays;
  report["fr_product_peak_ns"] = fr.peak;
  report["fq_product_peak_ns"] = fq.peak;
  report["portable_fq_product_ns"] = portable.arrays;
  report["faster_than_portable"] = portable.arrays / fq.arrays;
  print(report, options.json);
  return {};
}

base::Status bench_ntt(const BenchOptions& options, const Environment& environment) {
  const prover::poly::Domain domain(static_cast<std::size_t>(options.log_size),
                                    environment.kernels);
  std::vector<Fr> values = random_elements<Fr>(domain.size(), environment.random);
  base::Status status;
  tbb::task_arena arena(options.threads);
  const auto seconds = measure(options.runs, [&] {
    arena.execute([&] { status = domain.forward(values, environment.stop); });
  });
  if (!status.ok()) return status;
  Json report = heading("ntt", options, environment);
  report["log_size"] = options.log_size;
  report["seconds"] = median(seconds);
  report["spread"] = spread(seconds);
  const double products = static_cast<double>(domain.size()) / 2 * options.log_size;
  const double peak = ProductNs<Fr>(environment.kernels, environment.random).peak * 1e-9;
  report["share_of_product_peak"] = products * peak / options.threads / median(seconds);
  report["peak_memory_mb"] = peak_memory_mb();
  print(report, options.json);
  return {};
}

// Products in Fq: five and a square, in Fq2 by Karatsuba and with norms inverted.
double products_of_an_addition(const prover::curve::G1Affine& /*group*/) { return 6; }
double products_of_an_addition(const prover::curve::G2Affine& /*group*/) { return 15; }

template <class Affine>
base::Status bench_msm_of(const Affine& generator, const BenchOptions& options,
                          const Environment& environment) {
  const std::size_t count = std::size_t{1} << options.log_size;
  const auto factors = random_elements<Fr>(count, environment.random);
  ZKP_TRY(const auto points, prover::curve::multiply_fixed_base(
                                 generator, factors, environment.kernels, environment.stop));
  std::vector<field::Limbs> scalars;
  for (std::size_t i = 0; i < count; ++i) {
    scalars.push_back(Fr::random(environment.random).to_standard());
  }
  base::Status status;
  tbb::task_arena arena(options.threads);
  const auto run = [&](std::size_t window_bits) {
    return measure(options.runs, [&] {
      arena.execute([&] {
        const auto sum = prover::curve::msm(points, scalars, environment.kernels,
                                            {.stop = environment.stop, .window_bits = window_bits});
        if (!sum.ok()) status = sum.error();
      });
    });
  };
  const auto seconds = run(0);
  const prover::curve::MsmPlan plan = prover::curve::plan_msm(scalars);
  Json report = heading("msm", options, environment);
  report["group"] = options.group;
  report["log_size"] = options.log_size;
  report["seconds"] = median(seconds);
  report["spread"] = spread(seconds);
  report["points_per_second"] = static_cast<double>(count) / median(seconds);
  report["window_bits"] = plan.window_bits;
  report["additions"] = plan.additions;
  const double peak = ProductNs<Fq>(environment.kernels, environment.random).peak * 1e-9;
  report["share_of_product_peak"] = plan.additions * products_of_an_addition(generator) * peak /
                                    options.threads / median(seconds);
  if (options.windows) {
    // The model's costs as times, by what the chosen width took.
    const double second = median(seconds) / plan.cost;
    for (std::size_t bits = plan.window_bits - std::min<std::size_t>(plan.window_bits - 2, 4);
         bits <= plan.window_bits + 4 && status.ok(); ++bits) {
      const auto planned = prover::curve::plan_msm(scalars, bits);
      report["windows"].push_back({{"bits", bits},
                                   {"predicted_seconds", planned.cost * second},
                                   {"seconds", median(run(bits))}});
    }
  }
  if (!status.ok()) return status;
  report["peak_memory_mb"] = peak_memory_mb();
  print(report, options.json);
  return {};
}

base::Status bench_msm(const BenchOptions& options, const Environment& environment) {
  return options.group == "g1" ? bench_msm_of(prover::curve::g1_generator(), options, environment)
                               : bench_msm_of(prover::curve::g2_generator(), options, environment);
}

struct ProvingWork {
  groth16::ProvingKey key;
  prover::circuit::Witness witness;
};

base::Result<network::store::Circuit> refuse_registered(const std::string& name) {
  return base::Error{base::ErrorCode::not_found,
                     fmt::format("{} is no built-in circuit: give a .zkey and a .wtns", name)};
}

base::Result<ProvingWork> proving_work(const BenchOptions& options,
                                       const Environment& environment) {
  ProvingWork work;
  if (!options.zkey.empty()) {
    ZKP_TRY(const auto zkey, prover::iden3::MappedFile::open(options.zkey));
    ZKP_TRY_FILE(work.key, options.zkey,
                 prover::iden3::read_zkey(zkey.bytes(), prover::iden3::PointChecks::none));
    ZKP_TRY(const auto wtns, prover::iden3::MappedFile::open(options.witness));
    ZKP_TRY_FILE(work.witness, options.witness, prover::iden3::read_wtns(wtns.bytes()));
    return work;
  }
  prover::circuit::ConstraintSystem system;
  if (!options.request.empty()) {
    ZKP_TRY(const std::string text, read_text(options.request));
    ZKP_TRY_FILE(const auto request, options.request,
                 services::gateway::parse_proof_request(text, refuse_registered));
    ZKP_TRY(const auto shape, prover::circuit::Shape::parse(request.circuit.value));
    ZKP_TRY(const auto inputs, services::request::parse_inputs(request.inputs.reveal()));
    ZKP_TRY(system, prover::circuit::build(shape));
    ZKP_TRY(work.witness, prover::circuit::solve(shape, inputs));
  } else {
    auto synthetic = groth16::synthetic_circuit(options.constraints, 1);
    system = std::move(synthetic.system);
    work.witness = std::move(synthetic.witness);
  }
  ProgressLine progress("setup");
  ZKP_TRY(work.key, groth16::setup(system, {.kernels = environment.kernels,
                                            .random = environment.random,
                                            .stop = environment.stop,
                                            .progress = progress.listener()}));
  return work;
}

base::Status bench_groth16(const BenchOptions& options, const Environment& environment) {
  ZKP_TRY(const ProvingWork work, proving_work(options, environment));
  ZKP_TRY(const auto signals, groth16::public_signals_of(work.key, work.witness));
  groth16::ProveTimings timings;
  base::Status status;
  groth16::Proof last;
  tbb::task_arena arena(options.threads);
  forget_peak_memory();
  const auto seconds = measure(options.runs, [&] {
    arena.execute([&] {
      const auto proof = groth16::prove(
          work.key, work.witness,
          {.kernels = environment.kernels, .random = environment.random, .stop = environment.stop},
          &timings);
      if (proof.ok()) {
        last = *proof;
      } else {
        status = proof.error();
      }
    });
  });
  if (!status.ok()) return status;
  const double peak_memory = peak_memory_mb();
  const groth16::PreparedVerifyingKey key(work.key.verifying);
  const auto verdict_time =
      measure(options.runs, [&] { (void)groth16::verify(key, signals, last); });
  if (!groth16::verify(key, signals, last).valid) {
    return base::Error{base::ErrorCode::failed_precondition, "the proof does not verify"};
  }
  Json report = heading("groth16", options, environment);
  report["wires"] = work.key.wire_count;
  report["domain_size"] = work.key.domain_size();
  report["seconds"] = median(seconds);
  report["spread"] = spread(seconds);
  report["verify_seconds"] = median(verdict_time);
  // Of the last run. Phases overlap, so they may add up to more than the whole.
  report["phases_seconds"] = {{"rows", timings.rows},     {"transforms", timings.transforms},
                              {"msm_a", timings.msm_a},   {"msm_b1", timings.msm_b1},
                              {"msm_b2", timings.msm_b2}, {"msm_c", timings.msm_c},
                              {"msm_h", timings.msm_h},   {"total", timings.total}};
  const groth16::KeySizes sizes{
      .wire_count = work.key.wire_count,
      .public_count = work.key.public_count,
      .domain_size = work.key.domain_size(),
      .coefficient_count = work.key.matrix_a.terms.size() + work.key.matrix_b.terms.size()};
  const double predicted = static_cast<double>(groth16::predicted_memory_bytes(
                               sizes, static_cast<std::size_t>(options.threads))) /
                           (1 << 20);
  report["predicted_memory_mb"] = predicted;
  report["peak_memory_mb"] = peak_memory;
  report["predicted_to_peak"] = predicted / peak_memory;
  print(report, options.json);
  return {};
}

base::Status bench_witness(const BenchOptions& options, const Environment& environment) {
  namespace witness = prover::witness;
  ZKP_TRY(const std::string text, read_text(options.input));
  ZKP_TRY_FILE(const auto inputs, options.input, witness::read_inputs_json(text));
  ZKP_TRY(const auto wasm, prover::iden3::MappedFile::open(options.wasm));
  const witness::Engine engine;
  base::Status status;
  std::optional<witness::Program> program;
  const auto compile = measure(options.runs, [&] {
    auto compiled = witness::Program::compile(engine, wasm.bytes());
    if (!compiled.ok()) status = compiled.error();
    if (compiled.ok()) program = *std::move(compiled);
  });
  if (!status.ok()) return about_file(options.wasm, std::move(status).error());
  const auto calculate = measure(options.runs, [&] {
    const auto values = witness::calculate(*program, inputs, {.stop = environment.stop});
    if (!values.ok()) status = values.error();
  });
  if (!status.ok()) return about_file(options.wasm, std::move(status).error());
  Json report = heading("witness", options, environment);
  report["threads"] = 1;
  report["wires"] = program->witness_size();
  report["compile_ms"] = 1e3 * median(compile);
  // The first runs may come before the optimising compiler's code.
  report["slowest_run_ms"] = 1e3 * calculate.back();
  report["run_ms"] = 1e3 * median(calculate);
  report["fastest_run_ms"] = 1e3 * calculate.front();
  report["peak_memory_mb"] = peak_memory_mb();
  print(report, options.json);
  return {};
}

void declare_common(CLI::App& command, BenchOptions& options) {
  command.add_option("--threads", options.threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, 1024));
  command.add_option("--runs", options.runs, "Runs, of which the median counts (default 5)")
      ->check(CLI::Range(1, 1000));
  command.add_flag("--json", options.json, "Print JSON");
}

}  // namespace

void add_bench_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("bench", "Measure the prover on this machine");
  group->require_subcommand(1);
  add_command<BenchOptions>(*group, chosen, "field", "A Montgomery product, in batches, one thread",
                            declare_common, bench_field);
  add_command<BenchOptions>(
      *group, chosen, "ntt", "A forward transform over Fr",
      [](CLI::App& command, BenchOptions& options) {
        declare_common(command, options);
        command.add_option("--log", options.log_size, "log2 of the size (default 16)")
            ->check(CLI::Range(1, 26));
      },
      bench_ntt);
  add_command<BenchOptions>(
      *group, chosen, "msm", "A multi-scalar multiplication with random scalars",
      [](CLI::App& command, BenchOptions& options) {
        declare_common(command, options);
        command.add_option("--log", options.log_size, "log2 of the number of points (default 16)")
            ->check(CLI::Range(1, 24));
        command.add_option("--group", options.group, "g1 or g2")
            ->check(CLI::IsMember({"g1", "g2"}));
        command.add_flag("--windows", options.windows,
                         "Also other widths of windows, against the cost model");
      },
      bench_msm);
  add_command<BenchOptions>(
      *group, chosen, "groth16",
      "A whole proof: of files, of a request's circuit, or of a synthetic one",
      [](CLI::App& command, BenchOptions& options) {
        declare_common(command, options);
        CLI::Option* zkey = command.add_option("zkey", options.zkey, "Proving key (.zkey)");
        command.add_option("witness", options.witness, "Witness (.wtns)")->needs(zkey);
        command
            .add_option("--request", options.request,
                        "The body of a POST /api/v1/proof (JSON): its circuit, with a new key")
            ->check(CLI::ExistingFile)
            ->excludes(zkey);
        command
            .add_option("--constraints", options.constraints,
                        "Size of the synthetic circuit (default 65520)")
            ->check(CLI::Range(1, 1 << 26));
      },
      bench_groth16);
  add_command<BenchOptions>(
      *group, chosen, "witness", "Compiling and running a witness program of circom's",
      [](CLI::App& command, BenchOptions& options) {
        declare_common(command, options);
        command.add_option("wasm", options.wasm, "Witness program (.wasm)")->required();
        command.add_option("input", options.input, "Inputs (JSON)")->required();
      },
      bench_witness);
}

}  // namespace zkp::apps
