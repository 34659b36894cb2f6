#include "prover/witness/program.h"

#include <algorithm>
#include <array>
#include <jsapi.h>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <js/RootingAPI.h>
#include <js/WasmModule.h>

#include "prover/field/field.h"
#include "prover/witness/driver.h"
#include "prover/witness/failure.h"
#include "prover/witness/isolate.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;
using field::Fr;
using field::Limbs;

constexpr std::size_t kWords = sizeof(Limbs) / sizeof(std::uint32_t);

Error no_memory() {
  return {ErrorCode::resource_exhausted, "not enough memory for the circuit's program"};
}

// A vector of numbers as the words that it consists of, least significant first.
template <class Word, class Number>
std::span<Word> words_of(std::span<Number> numbers) {
  return {reinterpret_cast<Word*>(numbers.data()), numbers.size() * kWords};
}

// Runs `work` with a driver in an isolate of its own.
base::Status run_driver(const Engine& engine, const Bounds& bounds,
                        const std::function<base::Status(JSContext*, Driver&)>& work) {
  return run_isolated(engine, bounds, [&](JSContext* context, JS::HandleObject) -> base::Status {
    const JS::RootedObject functions(context, Driver::load(context));
    const JS::RootedObject state(context, JS_NewPlainObject(context));
    if (!functions || !state) return no_memory();
    Driver driver(context, functions, state);
    return work(context, driver);
  });
}

// What a program says of itself; the prime's words follow.
struct Identity {
  std::uint32_t version, field_words, witness_size, input_count;
  std::array<std::uint32_t, kWords> prime;
};

base::Status check_identity(const Identity& identity) {
  constexpr std::uint32_t kCircom = 2;
  // Each wire and each input is 40 bytes of the program's memory, of which there are at most 2^32.
  constexpr std::uint32_t kMostSignals = UINT32_MAX / 40;
  const auto invalid = [](std::string message) {
    return Error{ErrorCode::invalid_argument, "wasm: " + std::move(message)};
  };
  if (identity.version != kCircom) {
    return invalid(fmt::format("it is of circom {}, want {}", identity.version, kCircom));
  }
  const Limbs r = Fr::kModulus;
  if (identity.field_words != kWords ||
      !std::ranges::equal(identity.prime, words_of<const std::uint32_t>(std::span(&r, 1)))) {
    return invalid("its prime is not that of BN254 (bn128)");
  }
  if (identity.witness_size == 0 || identity.witness_size > kMostSignals ||
      identity.input_count > kMostSignals) {
    return invalid(fmt::format("it says that it has {} wires and {} inputs", identity.witness_size,
                               identity.input_count));
  }
  return {};
}

// Source: Fowler, Noll, Vo; FNV-1a of 64 bits, by which circom's programs know their signals.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash;
}

std::vector<std::uint32_t> signals_of(const Inputs& inputs) {
  std::vector<std::uint32_t> signals;
  for (const Input& input : inputs) {
    const std::uint64_t hash = hash_of(input.name);
    signals.push_back(static_cast<std::uint32_t>(hash >> 32));
    signals.push_back(static_cast<std::uint32_t>(hash));
    signals.push_back(static_cast<std::uint32_t>(input.values.size()));
  }
  return signals;
}

base::SecretVector<Limbs> values_of(const Inputs& inputs) {
  std::size_t count = 0;
  for (const Input& input : inputs) count += input.values.size();
  base::SecretVector<Limbs> values(count);
  auto out = values.reveal_mutable().begin();
  for (const Input& input : inputs) out = std::ranges::copy(input.values.reveal(), out).out;
  return values;
}

base::Status check_inputs(const Program& program, const Inputs& inputs) {
  std::vector<std::string_view> names;
  for (const Input& input : inputs) {
    names.push_back(input.name);
    // Also keeps every size within the 32 bits that the program counts with.
    if (input.values.size() > program.input_count()) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("input {} has {} values, the whole circuit takes {}", input.name,
                               input.values.size(), program.input_count())};
    }
    for (const Limbs& value : input.values.reveal()) {
      ZKP_ASSERT(field::less_than(value, Fr::kModulus));
    }
  }
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end()) {
    return Error{ErrorCode::invalid_argument, fmt::format("input {} is given twice", *twice)};
  }
  return {};
}

// The program wrote these, so they may be anything.
base::Status check_witness(std::span<const Limbs> witness) {
  const auto beyond = [](const Limbs& value) { return !field::less_than(value, Fr::kModulus); };
  if (witness[0] != Limbs{1} || std::ranges::any_of(witness, beyond)) {
    return Error{ErrorCode::internal,
                 "the circuit's program gave no witness: wire 0 is not 1, or a value is not below "
                 "the prime"};
  }
  return {};
}

}  // namespace

struct Program::Compiled {
  Compiled(const Engine& its_engine, base::ByteView wasm) : engine(its_engine), places(wasm) {
    ++engine.programs();
  }
  ~Compiled() {
    module = nullptr;
    --engine.programs();
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  const Engine& engine;
  RefPtr<JS::WasmModule> module;
  Places places;
  Identity identity{};
};

base::Result<Program> Program::compile(const Engine& engine, base::ByteView wasm,
                                       const Limits& limits, Runs runs) {
  ZKP_TRY(const BoundedModule bounded, bound_module(wasm, {.module_bytes = limits.module_bytes,
                                                           .memory_bytes = limits.memory_bytes}));
  auto compiled = std::make_shared<Compiled>(engine, bounded.wasm);
  const auto went_well = [&](const base::Result<Report>& report) -> base::Status {
    if (!report.ok()) return report.error();
    if (!report->empty()) return failure_of(*report, {}, compiled->places);
    return {};
  };
  const Bounds bounds{.time = limits.time,
                      .stack_bytes = limits.stack_bytes,
                      .optimise = bounded.may_optimise && runs == Runs::many};
  ZKP_CHECK(run_driver(engine, bounds, [&](JSContext* context, Driver& driver) -> base::Status {
    ZKP_CHECK(went_well(driver.compile(bounded.wasm)));
    const JS::RootedObject module(context, driver.module());
    compiled->module = JS::GetWasmModule(module);
    ZKP_CHECK(went_well(driver.instantiate(module, {})));
    std::array<std::uint32_t, sizeof(Identity) / sizeof(std::uint32_t)> words{};
    ZKP_CHECK(went_well(driver.identify(words)));
    std::memcpy(&compiled->identity, words.data(), sizeof(Identity));
    return check_identity(compiled->identity);
  }));
  return Program(std::move(compiled));
}

std::uint32_t Program::witness_size() const { return compiled_->identity.witness_size; }
std::uint32_t Program::input_count() const { return compiled_->identity.input_count; }

base::Result<circuit::Witness> calculate(const Program& program, const Inputs& inputs,
                                         const CalculateOptions& options) {
  ZKP_CHECK(check_inputs(program, inputs));
  const Program::Compiled& compiled = program.compiled();
  const std::vector<std::uint32_t> signals = signals_of(inputs);
  const base::SecretVector<Limbs> values = values_of(inputs);
  circuit::Witness witness(program.witness_size());
  const Bounds bounds{
      .time = options.limits.time, .stack_bytes = options.limits.stack_bytes, .stop = options.stop};
  ZKP_CHECK(
      run_driver(compiled.engine, bounds, [&](JSContext* context, Driver& driver) -> base::Status {
        const JS::RootedObject module(context, compiled.module->createObject(context));
        if (!module) return no_memory();
        auto report = driver.instantiate(module, options.log);
        if (report.ok() && report->empty()) {
          report = driver.calculate(signals, words_of<const std::uint32_t>(values.reveal()),
                                    words_of<std::uint32_t>(witness.reveal_mutable()));
          driver.wipe_memory();
        }
        if (!report.ok()) return report.error();
        if (!report->empty()) return failure_of(*report, inputs, compiled.places);
        return {};
      }));
  ZKP_CHECK(check_witness(witness.reveal()));
  return witness;
}

}  // namespace zkp::prover::witness
