#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "prover/iden3/mapped_file.h"

// What the tests of this folder share: the files of testdata/ and damage done to them.
namespace zkp::prover::iden3 {

inline base::Bytes test_file(const std::string& name) {
  const auto path = std::filesystem::path(ZKP_SOURCE_DIR) / "src/prover/iden3/testdata" / name;
  auto file = MappedFile::open(path);
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return {};
  }
  return {file->bytes().begin(), file->bytes().end()};
}
inline std::string test_text(const std::string& name) { return base::to_string(test_file(name)); }

// Every beginning of the file but the whole.
inline void for_each_truncation(const base::Bytes& file,
                                const std::function<void(base::ByteView)>& check) {
  for (std::size_t size = 0; size < file.size(); ++size) {
    // A copy of just this size: the sanitizer sees what is read past its end.
    const base::Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    check(cut);
  }
}

// The file with one byte changed, for every byte and some changes: the low bit, the high bit, all.
inline void for_each_flip(const base::Bytes& file,
                          const std::function<void(base::ByteView)>& check) {
  constexpr std::uint8_t kMasks[] = {0x01, 0x80, 0xff};
  base::Bytes changed = file;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const std::uint8_t mask : kMasks) {
      changed[i] = file[i] ^ mask;
      check(changed);
    }
    changed[i] = file[i];
  }
}

}  // namespace zkp::prover::iden3
