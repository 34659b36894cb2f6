#include "prover/witness/program.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "prover/iden3/formats.h"
#include "prover/witness/circom/test_module.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// SpiderMonkey can be started once, so all tests of a process share it.
const Engine& engine() {
  static const Engine the_engine;
  return the_engine;
}

const Error kNone{ErrorCode::internal, "no error"};

Inputs inputs_of(std::string_view json) {
  auto inputs = read_inputs_json(json);
  if (!inputs.ok()) {
    ADD_FAILURE() << inputs.error().message;
    return {};
  }
  return std::move(inputs).value();
}

constexpr std::string_view kWeighed = R"({"a": [[1, 2], ["3", "0x4"], [5, "6"]], "b": "7"})";

Error compile_error(const base::Bytes& wasm, const Limits& limits = {}) {
  const auto program = Program::compile(engine(), wasm, limits);
  return program.ok() ? kNone : program.error();
}

Error calculation_error(const base::Bytes& wasm, std::string_view json,
                        const CalculateOptions& options = {}) {
  const auto program = Program::compile(engine(), wasm, options.limits);
  if (!program.ok()) return program.error();
  const auto witness = calculate(*program, inputs_of(json), options);
  return witness.ok() ? kNone : witness.error();
}

// The process lives, and still calculates.
void expect_good_witness() {
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok()) << program.error().message;
  const auto witness = calculate(*program, inputs_of(kWeighed));
  ASSERT_TRUE(witness.ok()) << witness.error().message;
  EXPECT_THAT(iden3::write_wtns(*witness).reveal(),
              testing::ElementsAreArray(test_file("weigh.wtns")));
}

Error weigh_error(std::string_view json) {
  return calculation_error(test_file("weigh.wasm"), json);
}

TEST(Program, CalculatesWhatSnarkjsDoes) { expect_good_witness(); }

TEST(Program, SaysWhatItIs) {
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(program->witness_size(), 20U);
  EXPECT_EQ(program->input_count(), 7U);
}

TEST(Program, TheOrderOfTheInputsDoesNotMatter) {
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok());
  const auto one = calculate(*program, inputs_of(R"({"b": 7, "a": [1, 2, 3, 4, 5, 6]})"));
  const auto other = calculate(*program, inputs_of(kWeighed));
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_TRUE(std::ranges::equal(one->reveal(), other->reveal()));
}

TEST(Program, RunsOnManyThreadsAtOnce) {
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok());
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (std::uint64_t b = 0; b < 8; ++b) {
    threads.emplace_back([&, b] {
      Inputs inputs = inputs_of(R"({"a": [1, 2, 3, 4, 5, 6]})");
      inputs.push_back({"b", base::SecretVector<field::Limbs>({field::Limbs{b}})});
      const auto witness = calculate(*program, inputs);
      if (witness.ok() && witness->reveal()[2] == field::Limbs{b * (2 + 12 + 30)}) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

TEST(Program, GivesTheLogToWhoWantsIt) {
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok());
  std::vector<std::string> lines;
  const auto witness = calculate(*program, inputs_of(kWeighed),
                                 {.log = [&](std::string_view line) { lines.emplace_back(line); }});
  ASSERT_TRUE(witness.ok());
  EXPECT_THAT(lines, ElementsAre("b is 7"));
}

TEST(Program, NamesTheAssertionThatFails) {
  const Error error = weigh_error(R"({"a": [1, 2, 3, 4, 5, 6], "b": 4711})");
  EXPECT_EQ(error.code, ErrorCode::failed_precondition);
  EXPECT_EQ(error.message,
            "Assert Failed. Error in template Range_0 line: 7; Error in template Weigh_1 line: 25");
}

TEST(Program, NamesAnInputThatTheCircuitDoesNotHave) {
  const Error error = weigh_error(R"({"a": [1, 2, 3, 4, 5, 6], "weight": 4711})");
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_EQ(error.message, "the circuit has no input weight");
}

TEST(Program, SaysHowManyValuesAnInputHas) {
  const Error few = weigh_error(R"({"a": [1, 2, 3, 4, 5], "b": 1})");
  EXPECT_EQ(few.code, ErrorCode::invalid_argument);
  EXPECT_EQ(few.message, "input a has 5 values, want 6");
  EXPECT_EQ(weigh_error(R"({"a": [1, 2, 3, 4, 5, 6, 7], "b": 1})").message,
            "input a has 7 values, want 6");
  EXPECT_EQ(weigh_error(R"({"b": []})").message, "input b has 0 values, want 1");
}

TEST(Program, SaysHowManyInputsAreMissing) {
  const Error error = weigh_error(R"({"a": [1, 2, 3, 4, 5, 6]})");
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_EQ(error.message, "inputs are missing: 6 values of 7 came");
}

TEST(Program, RefusesAnInputGivenTwice) {
  Inputs inputs = inputs_of(kWeighed);
  inputs.push_back({"b", base::SecretVector<field::Limbs>(1)});
  const auto program = Program::compile(engine(), test_file("weigh.wasm"));
  ASSERT_TRUE(program.ok());
  const auto witness = calculate(*program, inputs);
  ASSERT_FALSE(witness.ok());
  EXPECT_EQ(witness.error().message, "input b is given twice");
}

// Programs that are none of circom's.

using Code = TestModule::Code;

Code endless() {
  return {TestModule::kLoop, TestModule::kNoResult, TestModule::kBranch, 0, TestModule::kEnd};
}

Error error_with(const std::string& function, const Code& code,
                 const CalculateOptions& options = {}) {
  TestModule module;
  module.function(function).code = code;
  return calculation_error(module.assemble(), "{}", options);
}

class Hostile : public testing::Test {
 protected:
  void TearDown() override { expect_good_witness(); }
};

TEST_F(Hostile, TheSmallestProgramRuns) {
  const auto program = Program::compile(engine(), TestModule().assemble());
  ASSERT_TRUE(program.ok()) << program.error().message;
  const auto witness = calculate(*program, {});
  ASSERT_TRUE(witness.ok()) << witness.error().message;
  EXPECT_THAT(witness->reveal(), ElementsAre(field::Limbs{1}));
}

TEST_F(Hostile, AnEndlessLoopEndsInTime) {
  const auto begin = std::chrono::steady_clock::now();
  const Error error = error_with("init", endless(), {.limits = {.time = 200ms}});
  EXPECT_EQ(error.code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(error.message, "the circuit's program is not done after 200 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(Hostile, AnEndlessLoopEndsInTimeWhileTheProgramIsAskedWhatItIs) {
  Code code = endless();
  code.insert(code.end(), {TestModule::kConst, 2});
  TestModule module;
  module.function("getVersion").code = code;
  EXPECT_EQ(compile_error(module.assemble(), {.time = 200ms}).code, ErrorCode::deadline_exceeded);
}

TEST_F(Hostile, CancellationEndsIt) {
  std::stop_source source;
  TestModule module;
  module.function("init").code = endless();
  const auto program = Program::compile(engine(), module.assemble());
  ASSERT_TRUE(program.ok());
  std::jthread stopper([&] { source.request_stop(); });
  const auto witness = calculate(*program, {}, {.stop = source.get_token()});
  ASSERT_FALSE(witness.ok());
  EXPECT_EQ(witness.error().code, ErrorCode::cancelled);
}

TEST_F(Hostile, DeepRecursionEnds) {
  const TestModule module;
  const Error error =
      error_with("init", {TestModule::kConst, 0, TestModule::kCall, module.index_of("init")});
  EXPECT_EQ(error.code, ErrorCode::too_large);
  EXPECT_EQ(error.message, "the circuit's program calls itself too deep");
}

TEST_F(Hostile, MemoryGrowsToTheLimitOnly) {
  // while (grow(1) != -1); exceptionHandler(5)
  const Code code = {TestModule::kLoop,
                     TestModule::kNoResult,
                     TestModule::kConst,
                     1,
                     TestModule::kGrow,
                     0,
                     TestModule::kConst,
                     0x7f,
                     TestModule::kEqual,
                     TestModule::kIf,
                     TestModule::kNoResult,
                     TestModule::kConst,
                     5,
                     TestModule::kCall,
                     0,
                     TestModule::kEnd,
                     TestModule::kBranch,
                     0,
                     TestModule::kEnd};
  const Error error = error_with("init", code, {.limits = {.memory_bytes = 16 << 20}});
  EXPECT_EQ(error.code, ErrorCode::too_large);
  EXPECT_EQ(error.message, "the circuit's program wants more memory than it may have");
}

TEST_F(Hostile, ATrapIsTheProgramsFault) {
  const Error error = error_with("getWitness", {TestModule::kUnreachable});
  EXPECT_EQ(error.code, ErrorCode::internal);
  EXPECT_THAT(error.message, HasSubstr("unreachable"));
  // Beyond the end of the memory.
  EXPECT_THAT(
      error_with("init", {TestModule::kConst, 0x7f, TestModule::kLoad, 2, 0, TestModule::kDrop})
          .message,
      HasSubstr("out of bounds"));
}

TEST_F(Hostile, AWitnessThatIsNoneIsRefused) {
  // Leaves the prime where a value is read from.
  EXPECT_THAT(error_with("getWitness", {}).message, HasSubstr("gave no witness"));
  Code two = TestModule().function("getWitness").code;
  ASSERT_EQ(two[3], 1);
  two[3] = 2;
  EXPECT_THAT(error_with("getWitness", two).message, HasSubstr("wire 0 is not 1"));
}

TEST_F(Hostile, AnExceptionOfItsOwnShowsNothing) {
  EXPECT_EQ(error_with("init", {TestModule::kConst, 42, TestModule::kCall, 0}).message,
            "the circuit's program failed in a way of its own");
}

TEST_F(Hostile, AMessageThatIsNotItsOwnTextIsNotShown) {
  // getMessageChar gives '1' for ever, as a program would that tells a value.
  TestModule module;
  module.imports.emplace_back("printErrorMessage");
  module.function("getMessageChar").code = {TestModule::kConst, '1'};
  module.function("init").code = {TestModule::kConst, 0, TestModule::kCall, 1,
                                  TestModule::kConst, 4, TestModule::kCall, 0};
  const Error error = calculation_error(module.assemble(), "{}");
  EXPECT_EQ(error.code, ErrorCode::failed_precondition);
  EXPECT_EQ(error.message, "Assert Failed.");
}

TEST_F(Hostile, AnotherPrimeIsRefused) {
  TestModule module;
  module.prime[0] += 2;
  const Error error = compile_error(module.assemble());
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_EQ(error.message, "wasm: its prime is not that of BN254 (bn128)");
}

TEST_F(Hostile, AnotherCircomIsRefused) {
  TestModule module;
  module.function("getVersion").code = {TestModule::kConst, 1};
  EXPECT_EQ(compile_error(module.assemble()).message, "wasm: it is of circom 1, want 2");
}

TEST_F(Hostile, AWitnessOfAbsurdSizeIsRefused) {
  TestModule module;
  module.function("getWitnessSize").code = {TestModule::kConst, 0x7f};
  EXPECT_EQ(compile_error(module.assemble()).message,
            "wasm: it says that it has 4294967295 wires and 0 inputs");
}

TEST_F(Hostile, CodeThatIsCostlyToOptimiseIsNotOptimised) {
  // 4000 locals, alive in 4000 blocks: 3.5 GB and 5 s in the optimising compiler.
  TestModule module;
  Code code;
  for (int i = 0; i < 4000; ++i) {
    code.insert(code.end(), {TestModule::kLoop, TestModule::kNoResult, TestModule::kEnd});
  }
  module.function("init").locals = 4000;
  module.function("init").code = code;
  const auto peak_kb = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto before = peak_kb();
  EXPECT_EQ(calculation_error(module.assemble(), "{}").message, kNone.message);
  expect_good_witness();  // time for the optimising compiler to begin
  EXPECT_LT(peak_kb() - before, 500'000);
}

TEST_F(Hostile, CodeThatIsNotValidIsRefused) {
  TestModule module;
  module.function("init").code = {TestModule::kAdd};
  const Error error = compile_error(module.assemble());
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_THAT(error.message, HasSubstr("at offset"));
}

}  // namespace
}  // namespace zkp::prover::witness
