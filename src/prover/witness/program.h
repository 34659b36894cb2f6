#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/circuit/constraint_system.h"
#include "prover/witness/circom/inputs.h"
#include "prover/witness/circom/wasm_module.h"
#include "prover/witness/engine.h"

// Runs the witness programs that circom 2 makes of a circuit (.wasm), by SpiderMonkey, in this
// process. A program is not trusted: it sees nothing but its inputs, and its time, memory and stack
// are bounded.
namespace zkp::prover::witness {

// The most that a program may have.
struct Limits {
  std::chrono::milliseconds time{std::chrono::minutes(10)};  // of one calculation
  std::uint64_t memory_bytes = ModuleLimits{}.memory_bytes;  // the program's own memory
  std::uint64_t module_bytes = ModuleLimits{}.module_bytes;  // the .wasm
  std::size_t stack_bytes = std::size_t{1} << 20;            // of calls in calls
};

// How often a program will run: whether it pays to optimise it, for which the engine takes about
// 0.15 s for each MB of it, beside the first runs. To end the engine waits for what it is at.
enum class Runs : std::uint8_t { once, many };

// A witness program, compiled once; immutable, for any number of threads at once. A copy is the
// same program.
class Program {
 public:
  // Compiles a .wasm and asks it what it is. invalid_argument if it is no witness program of
  // circom 2 over BN254: damaged, an import that circom does not have, an export or the prime that
  // it should have and has not, a start function. too_large if it wants more than the limits give;
  // deadline_exceeded, internal: see calculate(). Blocks; the memory limit is the program's for its
  // whole life.
  static base::Result<Program> compile(const Engine& engine, base::ByteView wasm,
                                       const Limits& limits = {}, Runs runs = Runs::many);

  [[nodiscard]] std::uint32_t witness_size() const;  // wires, with the constant 1
  [[nodiscard]] std::uint32_t input_count() const;   // values of all input signals together

  struct Compiled;
  [[nodiscard]] const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Program(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const Compiled> compiled_;
};

struct CalculateOptions {
  Limits limits = {};
  std::stop_token stop = {};
  // Gets each line of the circuit's log(), which may hold private inputs; nobody gets it if empty.
  // Called on another thread, while calculate() waits.
  std::function<void(std::string_view line)> log = {};
};

// The witness for these inputs: the one that snarkjs calculates. Whether it satisfies the circuit's
// constraints is not checked (circuit::check_satisfied).
//   invalid_argument     a name that the circuit does not have, a wrong number of values, inputs
//                        missing: says which
//   failed_precondition  the circuit refuses the inputs: circom's message, such as "Assert Failed.
//                        Error in template Range_3 line: 12"
//   deadline_exceeded    over limits.time
//   too_large            over the memory or the stack
//   internal             the program is at fault: it trapped, or its answers make no sense
//   resource_exhausted   this machine has not enough memory now
//   cancelled            by options.stop, within 100 ms
// No message holds a value of a signal. The memory that held them is wiped. Blocks; any thread,
// whatever its stack.
base::Result<circuit::Witness> calculate(const Program& program, const Inputs& inputs,
                                         const CalculateOptions& options = {});

}  // namespace zkp::prover::witness
