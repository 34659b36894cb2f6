#include "prover/witness/circom/wasm_module.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/witness/circom/test_module.h"

namespace zkp::prover::witness {
namespace {

using base::Bytes;
using base::Error;
using base::ErrorCode;

constexpr ModuleLimits kLimits = {.module_bytes = 1 << 20, .memory_bytes = 1 << 20};  // 16 pages

Error error_of(const Bytes& wasm, const ModuleLimits& limits = kLimits) {
  const auto bounded = bound_module(wasm, limits);
  return bounded.ok() ? Error{ErrorCode::internal, "none"} : bounded.error();
}

Bytes bounded(const TestModule& module) {
  auto result = bound_module(module.assemble(), kLimits);
  if (!result.ok()) ADD_FAILURE() << result.error().message;
  return result.ok() ? std::move(result).value().wasm : Bytes();
}

TEST(WasmModule, BoundsTheMemory) {
  TestModule module;
  module.memory_limits = {0, 2};
  TestModule wanted;
  wanted.memory_limits = {1, 2, 16};
  EXPECT_EQ(bounded(module), wanted.assemble());
  module.memory_limits = {1, 2, 17};
  EXPECT_EQ(bounded(module), wanted.assemble());
  module.memory_limits = wanted.memory_limits = {1, 2, 3};
  EXPECT_EQ(bounded(module), wanted.assemble());
}

TEST(WasmModule, RefusesAMinimumAboveTheLimit) {
  TestModule module;
  module.memory_limits = {0, 16};
  EXPECT_EQ(error_of(module.assemble()).message, "none");
  module.memory_limits = {0, 17};
  EXPECT_EQ(error_of(module.assemble()).code, ErrorCode::too_large);
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: the memory's minimum in bytes is 1114112, want at most 1048576");
  module.memory_limits = {0, 0xff, 0xff, 0xff, 0xff, 0x0f};
  EXPECT_EQ(error_of(module.assemble()).code, ErrorCode::too_large);
}

TEST(WasmModule, FixesTheTable) {
  TestModule module;
  module.table_limits = {0, 3};
  TestModule wanted;
  wanted.table_limits = {1, 3, 3};
  wanted.memory_limits = {1, 1, 16};
  EXPECT_EQ(bounded(module), wanted.assemble());
  module.table_limits = {0, 0xc1, 0x84, 0x3d};  // 1,000,001
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: the table's minimum is 1000001, want at most 1000000");
}

TEST(WasmModule, RefusesSharedAndDamagedMemory) {
  TestModule module;
  module.memory_limits = {3, 1, 2};
  EXPECT_EQ(error_of(module.assemble()).message, "wasm: the memory is shared or of another kind");
  module.memory_limits = {1, 2, 1};
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: the memory has a maximum below its minimum");
  module.memory_limits = {1, 2};
  EXPECT_EQ(error_of(module.assemble()).message, "wasm: the memory is damaged");
}

TEST(WasmModule, NamesAnImportThatIsNotCircoms) {
  TestModule module;
  module.imports.emplace_back("readFile\n");
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: it imports runtime.readFile?, which is not one of circom's functions");
}

TEST(WasmModule, NamesAnExportThatIsMissing) {
  TestModule module;
  module.function("setInputSignal").name = "other";
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: it does not export setInputSignal as a witness program of circom 2 does");
  TestModule without_memory;
  without_memory.export_memory = false;
  EXPECT_EQ(error_of(without_memory.assemble()).message,
            "wasm: it does not export memory as a witness program of circom 2 does");
}

TEST(WasmModule, RefusesAModuleWithoutExports) {
  Bytes wasm = {0, 'a', 's', 'm', 1, 0, 0, 0};
  EXPECT_EQ(error_of(wasm).message, "wasm: want one memory");
  TestModule::section(wasm, 5, {1, 0, 1});
  EXPECT_EQ(error_of(wasm).message,
            "wasm: it does not export memory as a witness program of circom 2 does");
}

TEST(WasmModule, RefusesAStartFunction) {
  TestModule module;
  module.start = 1;
  EXPECT_EQ(error_of(module.assemble()).message,
            "wasm: it has a start function, which circom's programs have not");
}

TEST(WasmModule, RefusesSectionsOutOfOrderTwiceOrUnknown) {
  Bytes wasm = TestModule().assemble();
  TestModule::section(wasm, 5, {1, 0, 1});
  EXPECT_EQ(error_of(wasm).message, "wasm: its sections are out of order");
  wasm = TestModule().assemble();
  TestModule::section(wasm, 13, {0});
  EXPECT_EQ(error_of(wasm).message, "wasm: section 13 is none of circom's");
}

TEST(WasmModule, LeavesOutCustomSections) {
  Bytes wasm = TestModule().assemble();
  TestModule::section(wasm, 0, {4, 'n', 'a', 'm', 'e'});
  EXPECT_EQ(bound_module(wasm, kLimits).value().wasm, bounded(TestModule()));
}

TEST(WasmModule, RefusesAModuleOverItsSize) {
  EXPECT_EQ(error_of(TestModule().assemble(), {.module_bytes = 10, .memory_bytes = 1 << 20}).code,
            ErrorCode::too_large);
}

TEST(WasmModule, RefusesEveryTruncation) {
  const Bytes wasm = TestModule().assemble();
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < wasm.size(); ++size) {
    // A copy of just this size: the sanitizer sees what is read past its end.
    const Bytes cut(wasm.begin(), wasm.begin() + static_cast<std::ptrdiff_t>(size));
    if (bound_module(cut, kLimits).ok()) ++accepted;
  }
  // Where the exports and where the code end: what is missing there is SpiderMonkey's to refuse.
  EXPECT_EQ(accepted, 2U);
}

}  // namespace
}  // namespace zkp::prover::witness
