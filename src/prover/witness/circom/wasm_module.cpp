#include "prover/witness/circom/wasm_module.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "prover/witness/circom/wasm_code.h"
#include "prover/witness/circom/wasm_reader.h"

namespace zkp::prover::witness {
namespace {

using base::ByteView;

constexpr std::array<std::uint8_t, 8> kStart = {0, 'a', 's', 'm', 1, 0, 0, 0};
constexpr std::uint64_t kPageBytes = 65536;
constexpr std::uint32_t kMostPages = 65536;
// Far above what circom makes: a table has an element for each template's instance.
constexpr std::uint32_t kMostTableElements = 1'000'000;
constexpr std::uint32_t kMostFunctions = 1'000'000;
constexpr std::uint32_t kMostExports = 1000;

enum Section : std::uint8_t {
  custom = 0,
  types = 1,
  imports = 2,
  functions = 3,
  tables = 4,
  memories = 5,
  exports = 7,
  start = 8,
  code = 10,
  data = 11,
  data_count = 12
};

enum class Kind : std::uint8_t { function = 0, table = 1, memory = 2, global = 3 };

constexpr std::string_view kImportedModule = "runtime";
constexpr std::array<std::string_view, 4> kImports = {"exceptionHandler", "printErrorMessage",
                                                      "writeBufferMessage", "showSharedRWMemory"};
struct Export {
  std::string_view name;
  Kind kind;
};
constexpr std::array<Export, 13> kExports = {{{"memory", Kind::memory},
                                              {"getVersion", Kind::function},
                                              {"getFieldNumLen32", Kind::function},
                                              {"getRawPrime", Kind::function},
                                              {"readSharedRWMemory", Kind::function},
                                              {"writeSharedRWMemory", Kind::function},
                                              {"init", Kind::function},
                                              {"setInputSignal", Kind::function},
                                              {"getInputSize", Kind::function},
                                              {"getInputSignalSize", Kind::function},
                                              {"getWitnessSize", Kind::function},
                                              {"getWitness", Kind::function},
                                              {"getMessageChar", Kind::function}}};

// A name from outside, for a message: what can be printed of it, not too long.
std::string printable(ByteView name) {
  std::string text(base::as_text(name.first(std::min<std::size_t>(name.size(), 64))));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

void write_u32(base::Bytes& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

void write_section(base::Bytes& out, std::uint8_t id, ByteView content) {
  out.push_back(id);
  write_u32(out, static_cast<std::uint32_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
}

struct SizeLimits {
  std::uint32_t least;
  std::optional<std::uint32_t> most;
};

// The limits of a table or memory: only the flag "has a maximum" may be set, so that neither shared
// nor 64-bit memory comes in.
base::Result<SizeLimits> read_limits(WasmReader& reader, std::string_view what) {
  const std::uint8_t flags = reader.byte();
  if (flags > 1) return invalid_module(fmt::format("the {} is shared or of another kind", what));
  SizeLimits limits{.least = reader.u32(), .most = std::nullopt};
  if (flags == 1) limits.most = reader.u32();
  if (reader.failed() || !reader.at_end())
    return invalid_module(fmt::format("the {} is damaged", what));
  if (limits.most && *limits.most < limits.least) {
    return invalid_module(fmt::format("the {} has a maximum below its minimum", what));
  }
  return limits;
}

base::Bytes write_limits(std::uint32_t least, std::uint32_t most) {
  base::Bytes out = {1};
  write_u32(out, least);
  write_u32(out, most);
  return out;
}

base::Result<base::Bytes> bound_memory(ByteView content, std::uint64_t most_bytes) {
  WasmReader reader(content);
  if (reader.u32() != 1) return invalid_module("want one memory");
  ZKP_TRY(const SizeLimits limits, read_limits(reader, "memory"));
  const std::uint64_t most_pages = std::min<std::uint64_t>(most_bytes / kPageBytes, kMostPages);
  if (limits.least > most_pages) {
    return module_over_limit("the memory's minimum in bytes", limits.least * kPageBytes,
                             most_bytes);
  }
  const std::uint64_t most = std::min<std::uint64_t>(limits.most.value_or(kMostPages), most_pages);
  base::Bytes out = {1};
  const base::Bytes bounded = write_limits(limits.least, static_cast<std::uint32_t>(most));
  out.insert(out.end(), bounded.begin(), bounded.end());
  return out;
}

base::Result<base::Bytes> bound_table(ByteView content) {
  constexpr std::uint8_t kFunctionReference = 0x70;
  WasmReader reader(content);
  const std::uint32_t count = reader.u32();
  if (count == 0 && reader.at_end()) return base::Bytes{0};
  if (count != 1 || reader.byte() != kFunctionReference)
    return invalid_module("want one function table");
  ZKP_TRY(const SizeLimits limits, read_limits(reader, "table"));
  if (limits.least > kMostTableElements) {
    return module_over_limit("the table's minimum", limits.least, kMostTableElements);
  }
  base::Bytes out = {1, kFunctionReference};
  const base::Bytes bounded = write_limits(limits.least, limits.least);
  out.insert(out.end(), bounded.begin(), bounded.end());
  return out;
}

base::Status read_types(ByteView content, FunctionTypes& functions) {
  constexpr std::uint8_t kFunctionType = 0x60;
  WasmReader reader(content);
  const std::uint32_t count = reader.u32();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    if (reader.byte() != kFunctionType)
      return invalid_module("it has a type that is no function's");
    const auto parameters = static_cast<std::uint32_t>(reader.block().size());
    const auto results = static_cast<std::uint32_t>(reader.block().size());
    if (results > 1) return invalid_module("it has a function of more than one result");
    functions.types.push_back({parameters, results});
  }
  if (reader.failed() || !reader.at_end()) return invalid_module("the types are damaged");
  return {};
}

base::Status read_functions(ByteView content, FunctionTypes& functions) {
  WasmReader reader(content);
  const std::uint32_t count = reader.u32();
  if (count > kMostFunctions) {
    return module_over_limit("the number of functions", count, kMostFunctions);
  }
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    functions.of_index.push_back(reader.u32());
  }
  if (reader.failed() || !reader.at_end()) return invalid_module("the functions are damaged");
  return {};
}

base::Status read_imports(ByteView content, FunctionTypes& functions) {
  WasmReader reader(content);
  const std::uint32_t count = reader.u32();
  if (count > kImports.size()) {
    return module_over_limit("the number of imports", count, kImports.size());
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView module = reader.block();
    const ByteView name = reader.block();
    const std::uint8_t kind = reader.byte();
    if (reader.failed()) break;
    if (base::as_text(module) != kImportedModule ||
        std::ranges::find(kImports, base::as_text(name)) == kImports.end() ||
        kind != static_cast<std::uint8_t>(Kind::function)) {
      return invalid_module(fmt::format("it imports {}.{}, which is not one of circom's functions",
                                        printable(module), printable(name)));
    }
    functions.of_index.push_back(reader.u32());
  }
  if (reader.failed() || !reader.at_end()) return invalid_module("the imports are damaged");
  functions.imported = count;
  return {};
}

base::Status check_exports(ByteView content) {
  WasmReader reader(content);
  const std::uint32_t count = reader.u32();
  if (count > kMostExports) return module_over_limit("the number of exports", count, kMostExports);
  std::array<bool, kExports.size()> found{};
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView name = reader.block();
    const std::uint8_t kind = reader.byte();
    (void)reader.u32();
    const auto* wanted = std::ranges::find(kExports, base::as_text(name), &Export::name);
    if (wanted == kExports.end() || reader.failed()) continue;
    found[static_cast<std::size_t>(wanted - kExports.begin())] |=
        kind == static_cast<std::uint8_t>(wanted->kind);
  }
  if (reader.failed() || !reader.at_end()) return invalid_module("the exports are damaged");
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) {
      return invalid_module(fmt::format(
          "it does not export {} as a witness program of circom 2 does", kExports[i].name));
    }
  }
  return {};
}

// The order of the known sections, which is not that of their ids.
constexpr int place_of(std::uint8_t id) {
  if (id == Section::data_count) return 2 * Section::code - 1;
  return 2 * id;
}

// Takes the sections in their order.
class Bounding {
 public:
  Bounding(const ModuleLimits& limits, std::size_t size_bytes) : limits_(limits) {
    bounded_.wasm.reserve(size_bytes + 16);
    bounded_.wasm.assign(kStart.begin(), kStart.end());
  }

  base::Status add(std::uint8_t id, ByteView content) {
    if (place_of(id) <= last_place_) return invalid_module("its sections are out of order");
    last_place_ = place_of(id);
    switch (id) {
      case Section::types:
        ZKP_CHECK(read_types(content, functions_));
        break;
      case Section::imports:
        ZKP_CHECK(read_imports(content, functions_));
        break;
      case Section::functions:
        ZKP_CHECK(read_functions(content, functions_));
        break;
      case Section::tables: {
        ZKP_TRY(const base::Bytes bounded, bound_table(content));
        write_section(bounded_.wasm, id, bounded);
        return {};
      }
      case Section::memories: {
        ZKP_TRY(const base::Bytes bounded, bound_memory(content, limits_.memory_bytes));
        write_section(bounded_.wasm, id, bounded);
        has_memory_ = true;
        return {};
      }
      case Section::exports:
        ZKP_CHECK(check_exports(content));
        has_exports_ = true;
        break;
      case Section::start:
        return invalid_module("it has a start function, which circom's programs have not");
      case Section::code: {
        ZKP_TRY(bounded_.may_optimise, may_optimise_code(content, functions_));
        break;
      }
      default:
        break;
    }
    write_section(bounded_.wasm, id, content);
    return {};
  }

  base::Result<BoundedModule> take() {
    if (!has_memory_) return invalid_module("want one memory");
    if (!has_exports_) ZKP_CHECK(check_exports(base::ByteView(std::array<std::uint8_t, 1>{0})));
    return std::move(bounded_);
  }

 private:
  const ModuleLimits& limits_;
  BoundedModule bounded_;
  FunctionTypes functions_;
  int last_place_ = 0;
  bool has_memory_ = false;
  bool has_exports_ = false;
};

}  // namespace

base::Result<BoundedModule> bound_module(ByteView wasm, const ModuleLimits& limits) {
  if (wasm.size() > limits.module_bytes) {
    return module_over_limit("its size in bytes", wasm.size(), limits.module_bytes);
  }
  WasmReader reader(wasm);
  if (!std::ranges::equal(reader.bytes(kStart.size()), kStart)) {
    return invalid_module("this is no WebAssembly module of version 1");
  }
  Bounding bounding(limits, wasm.size());
  while (!reader.at_end()) {
    const std::uint8_t id = reader.byte();
    const ByteView content = reader.block();
    if (reader.failed()) return invalid_module("it ends within a section");
    if (id == Section::custom) continue;
    if (id > Section::data_count) {
      return invalid_module(fmt::format("section {} is none of circom's", id));
    }
    ZKP_CHECK(bounding.add(id, content));
  }
  return bounding.take();
}

}  // namespace zkp::prover::witness
