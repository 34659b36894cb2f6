#include "prover/witness/circom/wasm_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/witness/circom/test_module.h"
#include "prover/witness/circom/wasm_module.h"

namespace zkp::prover::witness {
namespace {

using Code = TestModule::Code;

constexpr ModuleLimits kLimits = {.module_bytes = 16 << 20, .memory_bytes = 1 << 20};

Code repeat(const Code& code, std::size_t count) {
  Code all;
  for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), code.begin(), code.end());
  return all;
}
Code operator+(Code first, const Code& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// "optimised", "quick" or the error, of a module whose init has this code.
std::string judged(const Code& code, std::size_t locals = 0) {
  TestModule module;
  module.function("init").code = code;
  module.function("init").locals = locals;
  const auto bounded = bound_module(module.assemble(), kLimits);
  if (!bounded.ok()) return bounded.error().message;
  return bounded->may_optimise ? "optimised" : "quick";
}

const Code kPush = {TestModule::kConst, 0};
const Code kPop = {TestModule::kDrop};
const Code kOpen = {TestModule::kLoop, TestModule::kNoResult};
const Code kClose = {TestModule::kEnd};

TEST(WasmCode, CircomsIsOptimised) {
  const auto bounded = bound_module(test_file("weigh.wasm"), kLimits);
  ASSERT_TRUE(bounded.ok()) << bounded.error().message;
  EXPECT_TRUE(bounded->may_optimise);
}

TEST(WasmCode, BoundsTheOperandStack) {
  EXPECT_EQ(judged(repeat(kPush, 100) + repeat(kPop, 100)), "optimised");
  EXPECT_EQ(judged(repeat(kPush, 101) + repeat(kPop, 101)),
            "wasm: a function's operand stack is 101, want at most 100");
}

TEST(WasmCode, KnowsWhatCallsAndBlocksLeaveOnTheStack) {
  const TestModule module;
  // Takes two values, gives one; over and over this must not add up.
  const Code call = kPush + kPush + Code{TestModule::kCall, module.index_of("getInputSignalSize")};
  EXPECT_EQ(judged(repeat(call + kPop, 200)), "optimised");
  EXPECT_EQ(judged(repeat(call, 101)), "wasm: a function's operand stack is 101, want at most 100");
  // A block of one result; what a branch leaves behind in it is gone at its end.
  constexpr std::uint8_t kI32 = 0x7f;
  const Code block = Code{TestModule::kLoop, kI32} + repeat(kPush, 5) +
                     Code{TestModule::kUnreachable} + repeat(kPop, 20) + kPush + kClose + kPop;
  EXPECT_EQ(judged(repeat(block, 200)), "optimised");
  EXPECT_EQ(judged({TestModule::kLoop, 0x00, TestModule::kEnd}),
            "wasm: it has a block of more than one result");
}

TEST(WasmCode, BoundsBlocksInBlocks) {
  EXPECT_EQ(judged(repeat(kOpen, 999) + repeat(kClose, 999)), "optimised");
  EXPECT_EQ(judged(repeat(kOpen, 1000) + repeat(kClose, 1000)), "quick");
  EXPECT_EQ(judged(repeat(kOpen, 10'000) + repeat(kClose, 10'000)),
            "wasm: the depth of blocks is 10001, want at most 10000");
}

TEST(WasmCode, DoesNotOptimiseManyLocalsInMuchCode) {
  const Code code = repeat(kOpen + kClose, 1000);  // 3005 bytes with all around it
  EXPECT_EQ(judged(code, 2600), "optimised");
  EXPECT_EQ(judged(code, 2700), "quick");
  EXPECT_EQ(judged(code, 0xffffffff), "quick");
}

TEST(WasmCode, DoesNotOptimiseALargeFunction) {
  EXPECT_EQ(judged(repeat(kPush + kPop, 170'000)), "optimised");
  EXPECT_EQ(judged(repeat(kPush + kPop, 180'000)), "quick");
}

TEST(WasmCode, RefusesInstructionsThatCircomDoesNotUse) {
  // br_table, memory.fill, f32.const, a vector's
  for (const std::uint8_t opcode : Code{0x0e, 0xfc, 0x43, 0xfd}) {
    EXPECT_THAT(judged({opcode, 0, 0}), testing::HasSubstr("that circom does not use"));
  }
  EXPECT_EQ(judged({0xfe, 0, 0}), "wasm: it has an instruction, 0xfe, that circom does not use");
}

TEST(WasmCode, RefusesCodeThatIsDamaged) {
  EXPECT_EQ(judged({TestModule::kEnd}), "wasm: a function goes on behind its end");
  EXPECT_EQ(judged({TestModule::kLoop, TestModule::kNoResult}), "wasm: a function has no end");
  EXPECT_EQ(judged({TestModule::kCall, 99}), "wasm: it calls no function");
}

}  // namespace
}  // namespace zkp::prover::witness
