#include "prover/witness/circom/wasm_code.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "prover/witness/circom/wasm_reader.h"

namespace zkp::prover::witness {
namespace {

using base::ByteView;

// circom's largest, of the circuits of circomlib: a stack of 11 values, 10 blocks in each other, a
// function of 292 kB (the constants of Poseidon) with 17 locals.
constexpr std::uint32_t kMostStack = 100;
constexpr std::size_t kMostBlocks = 10'000;
// For the optimising compiler: about 75 bytes of memory for each local at each byte of code, a
// second for a function of this size whose loads and stores are in its way, and less for each
// level.
constexpr std::uint64_t kMostOptimisedLocals = 8'000'000;  // locals times bytes
constexpr std::size_t kMostOptimisedBytes = 512 << 10;
constexpr std::size_t kMostOptimisedBlocks = 1000;

// What follows an instruction's opcode.
enum class Immediate : std::uint8_t { refused, none, number, byte, two_numbers, special };

struct Instruction {
  Immediate immediate = Immediate::refused;
  std::uint8_t pops = 0, pushes = 0;
};

enum Opcode : std::uint8_t {
  block = 0x02,
  loop = 0x03,
  if_ = 0x04,
  else_ = 0x05,
  end = 0x0b,
  call = 0x10,
  call_indirect = 0x11
};

// Integers, memory and structured control: what circom's compiler uses, and its neighbours. Source:
// WebAssembly Core Specification 2.0, section 5.4.
constexpr std::array<Instruction, 256> kInstructions = [] {
  std::array<Instruction, 256> table;
  const auto set = [&](std::size_t first, std::size_t last, Instruction instruction) {
    for (std::size_t opcode = first; opcode <= last; ++opcode) table[opcode] = instruction;
  };
  constexpr Instruction kUnary{Immediate::none, 1, 1}, kBinary{Immediate::none, 2, 1};
  set(0x00, 0x01, {Immediate::none, 0, 0});  // unreachable, nop
  set(Opcode::block, Opcode::loop, {Immediate::special, 0, 0});
  set(Opcode::if_, Opcode::if_, {Immediate::special, 1, 0});
  set(Opcode::else_, Opcode::else_, {Immediate::special, 0, 0});
  set(Opcode::end, Opcode::end, {Immediate::special, 0, 0});
  set(0x0c, 0x0c, {Immediate::number, 0, 0});  // br
  set(0x0d, 0x0d, {Immediate::number, 1, 0});  // br_if
  set(0x0f, 0x0f, {Immediate::none, 0, 0});    // return
  set(Opcode::call, Opcode::call_indirect, {Immediate::special, 0, 0});
  set(0x1a, 0x1a, {Immediate::none, 1, 0});         // drop
  set(0x1b, 0x1b, {Immediate::none, 3, 1});         // select
  set(0x20, 0x20, {Immediate::number, 0, 1});       // local.get
  set(0x21, 0x21, {Immediate::number, 1, 0});       // local.set
  set(0x22, 0x22, {Immediate::number, 1, 1});       // local.tee
  set(0x23, 0x23, {Immediate::number, 0, 1});       // global.get
  set(0x24, 0x24, {Immediate::number, 1, 0});       // global.set
  set(0x28, 0x29, {Immediate::two_numbers, 1, 1});  // loads of integers
  set(0x2c, 0x35, {Immediate::two_numbers, 1, 1});
  set(0x36, 0x37, {Immediate::two_numbers, 2, 0});  // stores of integers
  set(0x3a, 0x3e, {Immediate::two_numbers, 2, 0});
  set(0x3f, 0x3f, {Immediate::byte, 0, 1});    // memory.size
  set(0x40, 0x40, {Immediate::byte, 1, 1});    // memory.grow
  set(0x41, 0x42, {Immediate::number, 0, 1});  // constants
  set(0x45, 0x45, kUnary);                     // i32: eqz, comparisons
  set(0x46, 0x4f, kBinary);
  set(0x50, 0x50, kUnary);  // i64: the same
  set(0x51, 0x5a, kBinary);
  set(0x67, 0x69, kUnary);  // i32: counts of bits, arithmetic
  set(0x6a, 0x78, kBinary);
  set(0x79, 0x7b, kUnary);  // i64: the same
  set(0x7c, 0x8a, kBinary);
  set(0xa7, 0xa7, kUnary);  // conversions between the two
  set(0xac, 0xad, kUnary);
  set(0xc0, 0xc4, kUnary);
  return table;
}();

// One function's instructions, front to back.
class FunctionScan {
 public:
  FunctionScan(WasmReader code, const FunctionTypes& functions)
      : code_(code), functions_(functions) {}

  base::Status run() {
    blocks_.push_back({0, 0});
    while (!blocks_.empty()) {
      const std::uint8_t opcode = code_.byte();
      if (code_.failed()) return invalid_module("a function has no end");
      ZKP_CHECK(step(opcode));
      if (depth_ > kMostStack) {
        return module_over_limit("a function's operand stack", depth_, kMostStack);
      }
      if (blocks_.size() > kMostBlocks) {
        return module_over_limit("the depth of blocks", blocks_.size(), kMostBlocks);
      }
      most_blocks_ = std::max(most_blocks_, blocks_.size());
    }
    if (!code_.at_end()) return invalid_module("a function goes on behind its end");
    return {};
  }

  [[nodiscard]] std::size_t most_blocks() const { return most_blocks_; }

 private:
  // Where the stack stood when the block began, and what the block leaves on it.
  struct Block {
    std::uint32_t base, results;
  };

  base::Status step(std::uint8_t opcode) {
    const Instruction& instruction = kInstructions[opcode];
    pop(instruction.pops);
    switch (instruction.immediate) {
      case Immediate::refused:
        return invalid_module(
            fmt::format("it has an instruction, {:#04x}, that circom does not use", opcode));
      case Immediate::none:
        break;
      case Immediate::number:
        code_.skip_number();
        break;
      case Immediate::byte:
        (void)code_.byte();
        break;
      case Immediate::two_numbers:
        code_.skip_number();
        code_.skip_number();
        break;
      case Immediate::special:
        return step_special(opcode);
    }
    depth_ += instruction.pushes;
    return {};
  }

  base::Status step_special(std::uint8_t opcode) {
    if (opcode == Opcode::end) {
      depth_ = blocks_.back().base + blocks_.back().results;
      blocks_.pop_back();
      return {};
    }
    if (opcode == Opcode::else_) {
      depth_ = blocks_.back().base;
      return {};
    }
    if (opcode == Opcode::call || opcode == Opcode::call_indirect) return step_call(opcode);
    constexpr std::uint8_t kNoResult = 0x40, kFirstNumberType = 0x7c, kLastNumberType = 0x7f;
    const std::uint8_t type = code_.byte();
    const bool has_result = type >= kFirstNumberType && type <= kLastNumberType;
    if (!has_result && type != kNoResult) {
      return invalid_module("it has a block of more than one result");
    }
    blocks_.push_back({depth_, has_result ? 1U : 0U});
    return {};
  }

  base::Status step_call(std::uint8_t opcode) {
    std::uint32_t index = code_.u32();
    if (opcode == Opcode::call) {
      if (index >= functions_.of_index.size()) return invalid_module("it calls no function");
      index = functions_.of_index[index];
    } else {
      (void)code_.u32();  // the table
      pop(1);
    }
    if (index >= functions_.types.size()) return invalid_module("it calls a function of no type");
    pop(functions_.types[index].parameters);
    depth_ += functions_.types[index].results;
    return {};
  }

  // Code that cannot be reached may take more than there is.
  void pop(std::uint32_t count) { depth_ -= std::min(count, depth_ - blocks_.back().base); }

  WasmReader code_;
  const FunctionTypes& functions_;
  std::uint32_t depth_ = 0;
  std::vector<Block> blocks_;
  std::size_t most_blocks_ = 0;
};

}  // namespace

base::Result<bool> may_optimise_code(ByteView section, const FunctionTypes& functions) {
  WasmReader reader(section);
  const std::uint32_t count = reader.u32();
  if (count != functions.of_index.size() - functions.imported) {
    return invalid_module("it declares another number of functions than it has");
  }
  bool may_optimise = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView body = reader.block();
    WasmReader code(body);
    const std::uint32_t groups = code.u32();
    std::uint64_t locals = 0;
    for (std::uint32_t group = 0; group < groups && !code.failed(); ++group) {
      locals += code.u32();
      (void)code.byte();  // their type
    }
    if (code.failed()) return invalid_module("a function is damaged");
    const std::uint32_t type = functions.of_index[functions.imported + i];
    if (type >= functions.types.size()) return invalid_module("a function has no type");
    locals += functions.types[type].parameters;
    FunctionScan scan(code, functions);
    ZKP_CHECK(scan.run());
    may_optimise &= body.size() <= kMostOptimisedBytes &&
                    scan.most_blocks() <= kMostOptimisedBlocks &&
                    locals * body.size() <= kMostOptimisedLocals;
  }
  if (reader.failed() || !reader.at_end()) return invalid_module("the code is damaged");
  return may_optimise;
}

}  // namespace zkp::prover::witness
