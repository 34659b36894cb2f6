#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/result.h"

// What .r1cs, .wtns, .zkey and .ptau have in common: magic (4 bytes), version u32, number of
// sections u32, then per section id u32, size u64 and that many bytes. All little-endian.
namespace zkp::prover::iden3 {

// The file's own name of itself, and the version that is read and written.
struct FileKind {
  std::string_view magic;  // 4 letters
  std::uint32_t version;
};
inline constexpr FileKind kR1csFile = {"r1cs", 1};
inline constexpr FileKind kWtnsFile = {"wtns", 2};
inline constexpr FileKind kZkeyFile = {"zkey", 1};
inline constexpr FileKind kPtauFile = {"ptau", 1};

// The table of a file's sections, in whatever order they come. Views into the file's bytes.
class Container {
 public:
  // Refuses another kind or version, sizes that do not fit the bytes, bytes after the last section,
  // and an id that comes twice.
  static base::Result<Container> parse(base::ByteView file, const FileKind& kind);

  [[nodiscard]] bool has(std::uint32_t id) const { return find(id) != nullptr; }
  // The section, or the error that it is missing.
  [[nodiscard]] base::Result<base::ByteView> section(std::uint32_t id) const;
  // The same; it must have exactly this size.
  [[nodiscard]] base::Result<base::ByteView> section(std::uint32_t id,
                                                     std::uint64_t size_bytes) const;

  // An error about this file: "zkey: section 4 ..." from "section 4 ...".
  [[nodiscard]] base::Error error(std::string_view message) const;

 private:
  struct Section {
    std::uint32_t id;
    base::ByteView bytes;
  };

  explicit Container(const FileKind& kind) : kind_(kind) {}
  [[nodiscard]] const Section* find(std::uint32_t id) const;

  FileKind kind_;
  std::vector<Section> sections_;
};

// Writes a file front to back into memory of exactly its size; the sizes are known beforehand, so
// that a secret is never left behind by memory that grew.
class ContainerWriter {
 public:
  // What a file with sections of these sizes takes.
  static std::size_t file_size(std::span<const std::size_t> section_sizes);

  ContainerWriter(std::span<std::uint8_t> out, const FileKind& kind, std::uint32_t section_count);
  ~ContainerWriter() { ZKP_ASSERT(position_ == out_.size()); }
  ContainerWriter(const ContainerWriter&) = delete;
  ContainerWriter& operator=(const ContainerWriter&) = delete;

  // REQUIRES: what was written of the section before has the size it was begun with.
  void begin_section(std::uint32_t id, std::size_t size_bytes);

  void write(base::ByteView bytes);
  void write_u32(std::uint32_t value) { write_number(value); }
  void write_u64(std::uint64_t value) { write_number(value); }

 private:
  template <class T>
  void write_number(T value) {
    ZKP_ASSERT(sizeof(T) <= out_.size() - position_);
    base::store_le(out_.data() + position_, value);
    position_ += sizeof(T);
  }

  std::span<std::uint8_t> out_;
  std::size_t position_ = 0;
  std::size_t section_end_;
};

}  // namespace zkp::prover::iden3
