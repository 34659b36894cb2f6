#include "apps/zkp/witness_files.h"

#include <fmt/format.h>

#include "apps/zkp/files.h"
#include "prover/witness/program.h"

namespace zkp::apps {
namespace {

namespace witness = prover::witness;

// From about so many wires a single run takes longer than to optimise the program.
constexpr std::uint32_t kWiresWorthOptimising = 30'000;

base::Result<witness::Program> compile(const witness::Engine& engine, base::ByteView wasm) {
  ZKP_TRY(auto program, witness::Program::compile(engine, wasm, {}, witness::Runs::once));
  if (program.witness_size() < kWiresWorthOptimising) return program;
  return witness::Program::compile(engine, wasm);
}

}  // namespace

base::Result<prover::circuit::Witness> calculate_witness(const WitnessFiles& files,
                                                         const Environment& environment) {
  ZKP_TRY(const auto input, prover::iden3::MappedFile::open(files.input));
  ZKP_TRY_FILE(const auto inputs, files.input,
               witness::read_inputs_json(base::as_text(input.bytes())));
  ZKP_TRY(const auto wasm, prover::iden3::MappedFile::open(files.wasm));
  const witness::Engine engine;
  ZKP_TRY_FILE(const auto program, files.wasm, compile(engine, wasm.bytes()));
  ZKP_TRY_FILE(auto values, files.wasm,
               witness::calculate(program, inputs, {.stop = environment.stop, .log = [](auto line) {
                                                      fmt::print(stderr, "{}\n", line);
                                                    }}));
  return values;
}

}  // namespace zkp::apps
