#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "prover/field/field.h"
#include "prover/iden3/mapped_file.h"

// What the tests of this folder share: the files of testdata/, and modules put together by hand
// that look like a witness program of circom's and do something else.
namespace zkp::prover::witness {

inline base::Bytes test_file(const std::string& name) {
  const auto path = std::filesystem::path(ZKP_SOURCE_DIR) / "src/prover/witness/testdata" / name;
  auto file = iden3::MappedFile::open(path);
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return {};
  }
  return {file->bytes().begin(), file->bytes().end()};
}

// A module with circom's exports. Each function does the least that makes a program: it has one
// wire, whose value is 1, and no inputs.
class TestModule {
 public:
  using Code = std::vector<std::uint8_t>;

  struct Function {
    std::string name;
    std::uint8_t parameters;  // i32 each
    bool has_result;          // i32
    Code code;                // without the last `end`
    std::size_t locals = 0;   // i32 each
  };

  // Opcodes, as the tests need them.
  static constexpr std::uint8_t kUnreachable = 0x00, kLoop = 0x03, kIf = 0x04, kBranch = 0x0c,
                                kEnd = 0x0b, kCall = 0x10, kDrop = 0x1a, kGetLocal = 0x20,
                                kLoad = 0x28, kStore = 0x36, kConst = 0x41, kEqual = 0x46,
                                kMultiply = 0x6c, kAdd = 0x6a, kGrow = 0x40, kNoResult = 0x40;

  std::vector<Function> functions = {
      {"getVersion", 0, true, {kConst, 2}},
      {"getFieldNumLen32", 0, true, {kConst, 8}},
      {"getRawPrime", 0, false, {}},
      // The word at 1024 + 4 * i.
      {"readSharedRWMemory", 1, true, {kGetLocal, 0, kConst, 4, kMultiply, kLoad, 2, 0x80, 0x08}},
      {"writeSharedRWMemory", 2, false, {}},
      {"init", 1, false, {}},
      {"setInputSignal", 3, false, {}},
      {"getInputSize", 0, true, {kConst, 0}},
      {"getInputSignalSize", 2, true, {kConst, 0}},
      {"getWitnessSize", 0, true, {kConst, 1}},
      {"getWitness", 1, false, one_at_1024()},
      {"getMessageChar", 0, true, {kConst, 0}},
  };
  std::vector<std::string> imports = {"exceptionHandler"};  // of "runtime", with one i32 each
  std::vector<std::uint8_t> memory_limits = {0, 1};
  std::vector<std::uint8_t> table_limits = {};
  bool export_memory = true;
  int start = -1;  // the function to start with
  field::Limbs prime = field::Fr::kModulus;

  Function& function(const std::string& name) {
    for (Function& each : functions) {
      if (each.name == name) return each;
    }
    ADD_FAILURE() << name;
    return functions[0];
  }
  // The number by which code calls a function.
  std::uint8_t index_of(const std::string& name) const {
    std::size_t index = imports.size();
    for (const Function& each : functions) {
      if (each.name == name) return static_cast<std::uint8_t>(index);
      ++index;
    }
    ADD_FAILURE() << name;
    return 0;
  }

  [[nodiscard]] base::Bytes assemble() const {
    base::Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
    // A type for each function, and one of one parameter for the imports.
    base::Bytes types = number(functions.size() + 1);
    append(types, {0x60, 1, 0x7f, 0});
    base::Bytes imported = number(imports.size());
    for (const std::string& name : imports) {
      append(imported, text("runtime"));
      append(imported, text(name));
      append(imported, {0, 0});
    }
    base::Bytes declared = number(functions.size());
    base::Bytes exported = number(functions.size() + (export_memory ? 1 : 0));
    base::Bytes bodies = number(functions.size());
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const Function& each = functions[i];
      append(types, {0x60, each.parameters});
      types.insert(types.end(), each.parameters, 0x7f);
      append(types, each.has_result ? base::Bytes{1, 0x7f} : base::Bytes{0});
      append(declared, number(i + 1));
      append(exported, text(each.name));
      append(exported, {0});
      append(exported, number(imports.size() + i));
      base::Bytes body = {1};
      append(body, number(each.locals));
      append(body, {0x7f});
      append(body, each.code);
      append(body, {kEnd});
      append(bodies, number(body.size()));
      append(bodies, body);
    }
    if (export_memory) append(exported, text("memory"));
    if (export_memory) append(exported, {2, 0});
    base::Bytes data = {1, 0, kConst, 0x80, 0x08, kEnd, sizeof(prime)};
    const auto* prime_bytes = reinterpret_cast<const std::uint8_t*>(prime.data());
    data.insert(data.end(), prime_bytes, prime_bytes + sizeof(prime));

    section(out, 1, types);
    section(out, 2, imported);
    section(out, 3, declared);
    if (!table_limits.empty()) section(out, 4, joined({1, 0x70}, table_limits));
    section(out, 5, joined({1}, memory_limits));
    section(out, 7, exported);
    if (start >= 0) section(out, 8, number(static_cast<std::size_t>(start)));
    section(out, 10, bodies);
    section(out, 11, data);
    return out;
  }

  static base::Bytes number(std::size_t value) {
    base::Bytes out;
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
    out.push_back(static_cast<std::uint8_t>(value));
    return out;
  }
  static void append(base::Bytes& out, const base::Bytes& more) {
    out.insert(out.end(), more.begin(), more.end());
  }
  static void section(base::Bytes& out, std::uint8_t id, const base::Bytes& content) {
    out.push_back(id);
    append(out, number(content.size()));
    append(out, content);
  }

 private:
  static base::Bytes joined(base::Bytes first, const base::Bytes& second) {
    append(first, second);
    return first;
  }
  static base::Bytes text(const std::string& value) {
    return joined(number(value.size()), base::to_bytes(value));
  }
  // Makes the eight words at 1024 the number 1.
  static Code one_at_1024() {
    Code code;
    for (std::uint8_t word = 0; word < 8; ++word) {
      append(code, {kConst, static_cast<std::uint8_t>(4 * word), kConst,
                    static_cast<std::uint8_t>(word == 0 ? 1 : 0), kStore, 2, 0x80, 0x08});
    }
    return code;
  }
};

}  // namespace zkp::prover::witness
