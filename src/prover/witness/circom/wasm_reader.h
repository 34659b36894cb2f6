#pragma once

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/result.h"

// What reading the parts of a .wasm has in common.
namespace zkp::prover::witness {

inline base::Error invalid_module(std::string_view what) {
  return {base::ErrorCode::invalid_argument, fmt::format("wasm: {}", what)};
}
inline base::Error module_over_limit(std::string_view what, std::uint64_t came,
                                     std::uint64_t most) {
  return {base::ErrorCode::too_large,
          fmt::format("wasm: {} is {}, want at most {}", what, came, most)};
}

// Reads values front to back; after the first that is not whole, every value is zero and empty.
class WasmReader {
 public:
  explicit WasmReader(base::ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::uint8_t byte() {
    const base::ByteView one = bytes(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  base::ByteView bytes(std::size_t count) {
    if (count > rest_.size()) return fail(), base::ByteView{};
    const base::ByteView taken = rest_.first(count);
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
    fail();
    return 0;
  }
  // Passes over a LEB128 number, signed or not, of at most ten bytes.
  void skip_number() {
    for (int i = 0; i < 10; ++i) {
      if (byte() < 0x80) return;
    }
    fail();
  }
  // A length and so many bytes.
  base::ByteView block() { return bytes(u32()); }

 private:
  void fail() {
    failed_ = true;
    rest_ = {};
  }

  base::ByteView rest_;
  bool failed_ = false;
};

}  // namespace zkp::prover::witness
