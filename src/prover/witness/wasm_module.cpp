#include "prover/witness/wasm_module.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace zkp::prover::witness {
namespace {

using base::ByteView;
using base::Error;
using base::ErrorCode;

constexpr std::array<std::uint8_t, 8> kStart = {0, 'a', 's', 'm', 1, 0, 0, 0};
constexpr std::uint64_t kPageBytes = 65536;
constexpr std::uint32_t kMostPages = 65536;
// Far above what circom makes: a table has an element for each template's instance.
constexpr std::uint32_t kMostTableElements = 1'000'000;
constexpr std::uint32_t kMostFunctions = 1'000'000;
constexpr std::uint32_t kMostExports = 1000;

enum Section : std::uint8_t {
  custom = 0,
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

Error invalid(std::string_view what) {
  return {ErrorCode::invalid_argument, fmt::format("wasm: {}", what)};
}
Error over_limit(std::string_view what, std::uint64_t came, std::uint64_t most) {
  return {ErrorCode::too_large, fmt::format("wasm: {} is {}, want at most {}", what, came, most)};
}

// A name from outside, for a message: what can be printed of it, not too long.
std::string printable(ByteView name) {
  std::string text(base::as_text(name.first(std::min<std::size_t>(name.size(), 64))));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

// Reads values front to back; after the first that is not whole, every value is zero and empty.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::uint8_t byte() {
    const ByteView one = bytes(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  ByteView bytes(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  // An unsigned LEB128 number of 32 bits, at most five bytes.
  std::uint32_t u32() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const std::uint8_t next = byte();
      value |= std::uint64_t{next & 0x7FU} << shift;
      if (next < 0x80) {
        if (value > UINT32_MAX) break;
        return static_cast<std::uint32_t>(value);
      }
    }
    failed_ = true;
    rest_ = {};
    return 0;
  }
  ByteView name() { return bytes(u32()); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

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
base::Result<SizeLimits> read_limits(Reader& reader, std::string_view what) {
  const std::uint8_t flags = reader.byte();
  if (flags > 1) return invalid(fmt::format("the {} is shared or of another kind", what));
  SizeLimits limits{.least = reader.u32(), .most = std::nullopt};
  if (flags == 1) limits.most = reader.u32();
  if (reader.failed() || !reader.at_end()) return invalid(fmt::format("the {} is damaged", what));
  if (limits.most && *limits.most < limits.least) {
    return invalid(fmt::format("the {} has a maximum below its minimum", what));
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
  Reader reader(content);
  if (reader.u32() != 1) return invalid("want one memory");
  ZKP_TRY(const SizeLimits limits, read_limits(reader, "memory"));
  const std::uint64_t most_pages = std::min<std::uint64_t>(most_bytes / kPageBytes, kMostPages);
  if (limits.least > most_pages) {
    return over_limit("the memory's minimum in bytes", limits.least * kPageBytes, most_bytes);
  }
  const std::uint64_t most = std::min<std::uint64_t>(limits.most.value_or(kMostPages), most_pages);
  base::Bytes out = {1};
  const base::Bytes bounded = write_limits(limits.least, static_cast<std::uint32_t>(most));
  out.insert(out.end(), bounded.begin(), bounded.end());
  return out;
}

base::Result<base::Bytes> bound_table(ByteView content) {
  constexpr std::uint8_t kFunctionReference = 0x70;
  Reader reader(content);
  const std::uint32_t count = reader.u32();
  if (count == 0 && reader.at_end()) return base::Bytes{0};
  if (count != 1 || reader.byte() != kFunctionReference) return invalid("want one function table");
  ZKP_TRY(const SizeLimits limits, read_limits(reader, "table"));
  if (limits.least > kMostTableElements) {
    return over_limit("the table's minimum", limits.least, kMostTableElements);
  }
  base::Bytes out = {1, kFunctionReference};
  const base::Bytes bounded = write_limits(limits.least, limits.least);
  out.insert(out.end(), bounded.begin(), bounded.end());
  return out;
}

base::Status check_imports(ByteView content) {
  Reader reader(content);
  const std::uint32_t count = reader.u32();
  if (count > kImports.size()) {
    return over_limit("the number of imports", count, kImports.size());
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView module = reader.name();
    const ByteView name = reader.name();
    const std::uint8_t kind = reader.byte();
    if (reader.failed()) break;
    if (base::as_text(module) != kImportedModule ||
        std::ranges::find(kImports, base::as_text(name)) == kImports.end() ||
        kind != static_cast<std::uint8_t>(Kind::function)) {
      return invalid(fmt::format("it imports {}.{}, which is not one of circom's functions",
                                 printable(module), printable(name)));
    }
    (void)reader.u32();  // the function's type
  }
  if (reader.failed() || !reader.at_end()) return invalid("the imports are damaged");
  return {};
}

base::Status check_exports(ByteView content) {
  Reader reader(content);
  const std::uint32_t count = reader.u32();
  if (count > kMostExports) return over_limit("the number of exports", count, kMostExports);
  std::array<bool, kExports.size()> found{};
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteView name = reader.name();
    const std::uint8_t kind = reader.byte();
    (void)reader.u32();
    const auto* wanted = std::ranges::find(kExports, base::as_text(name), &Export::name);
    if (wanted == kExports.end() || reader.failed()) continue;
    found[static_cast<std::size_t>(wanted - kExports.begin())] |=
        kind == static_cast<std::uint8_t>(wanted->kind);
  }
  if (reader.failed() || !reader.at_end()) return invalid("the exports are damaged");
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) {
      return invalid(fmt::format("it does not export {} as a witness program of circom 2 does",
                                 kExports[i].name));
    }
  }
  return {};
}

// The order of the known sections, which is not that of their ids.
constexpr int place_of(std::uint8_t id) {
  if (id == Section::data_count) return 2 * Section::code - 1;
  return 2 * id;
}

// What of one section goes into the bounded module.
base::Result<base::Bytes> bound_section(std::uint8_t id, ByteView content,
                                        const ModuleLimits& limits) {
  switch (id) {
    case Section::imports:
      ZKP_CHECK(check_imports(content));
      break;
    case Section::functions:
      if (const auto count = Reader(content).u32(); count > kMostFunctions) {
        return over_limit("the number of functions", count, kMostFunctions);
      }
      break;
    case Section::tables:
      return bound_table(content);
    case Section::memories:
      return bound_memory(content, limits.memory_bytes);
    case Section::exports:
      ZKP_CHECK(check_exports(content));
      break;
    case Section::start:
      return invalid("it has a start function, which circom's programs have not");
    default:
      break;
  }
  return base::Bytes(content.begin(), content.end());
}

}  // namespace

base::Result<base::Bytes> bound_module(ByteView wasm, const ModuleLimits& limits) {
  if (wasm.size() > limits.module_bytes) {
    return over_limit("its size in bytes", wasm.size(), limits.module_bytes);
  }
  Reader reader(wasm);
  if (!std::ranges::equal(reader.bytes(kStart.size()), kStart)) {
    return invalid("this is no WebAssembly module of version 1");
  }
  base::Bytes out(kStart.begin(), kStart.end());
  out.reserve(wasm.size() + 16);
  int last_place = 0;
  bool has_memory = false;
  bool has_exports = false;
  while (!reader.at_end()) {
    const std::uint8_t id = reader.byte();
    const ByteView content = reader.name();
    if (reader.failed()) return invalid("it ends within a section");
    if (id == Section::custom) continue;
    if (id > Section::data_count) {
      return invalid(fmt::format("section {} is none of circom's", id));
    }
    if (place_of(id) <= last_place) return invalid("its sections are out of order");
    last_place = place_of(id);
    has_memory |= id == Section::memories;
    has_exports |= id == Section::exports;
    ZKP_TRY(const base::Bytes bounded, bound_section(id, content, limits));
    write_section(out, id, bounded);
  }
  if (!has_memory) return invalid("want one memory");
  if (!has_exports) ZKP_CHECK(check_exports(base::ByteView(std::array<std::uint8_t, 1>{0})));
  return out;
}

}  // namespace zkp::prover::witness
