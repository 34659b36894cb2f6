#include "prover/iden3/container.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace zkp::prover::iden3 {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kFileHeaderBytes = 12;     // magic, version, number of sections
constexpr std::size_t kSectionHeaderBytes = 12;  // id, size
// The formats know 15 at most. Keeps looking for one by one cheap.
constexpr std::uint32_t kMostSections = 64;

Error error_of(const FileKind& kind, std::string_view message) {
  return {ErrorCode::invalid_argument, fmt::format("{}: {}", kind.magic, message)};
}

base::Status check_file_header(base::ByteView file, const FileKind& kind) {
  if (file.size() < kFileHeaderBytes) {
    return error_of(
        kind, fmt::format("file has {} bytes, want at least {}", file.size(), kFileHeaderBytes));
  }
  if (base::as_text(file.first(4)) != kind.magic) {
    return error_of(kind, fmt::format("not such a file: does not begin with \"{}\"", kind.magic));
  }
  if (const auto version = base::load_le<std::uint32_t>(&file[4]); version != kind.version) {
    return error_of(kind, fmt::format("file has version {}, want {}", version, kind.version));
  }
  if (const auto count = base::load_le<std::uint32_t>(&file[8]); count > kMostSections) {
    return error_of(kind,
                    fmt::format("file has {} sections, want at most {}", count, kMostSections));
  }
  return {};
}

}  // namespace

base::Result<Container> Container::parse(base::ByteView file, const FileKind& kind) {
  ZKP_CHECK(check_file_header(file, kind));
  const auto count = base::load_le<std::uint32_t>(&file[8]);
  base::ByteView rest = file.subspan(kFileHeaderBytes);
  Container container(kind);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < kSectionHeaderBytes) {
      return container.error(
          fmt::format("file ends after {} sections, want {}", container.sections_.size(), count));
    }
    const auto id = base::load_le<std::uint32_t>(rest.data());
    const auto size = base::load_le<std::uint64_t>(rest.data() + 4);
    rest = rest.subspan(kSectionHeaderBytes);
    if (size > rest.size()) {
      return container.error(
          fmt::format("section {} has {} bytes left of the file, want {}", id, rest.size(), size));
    }
    if (container.has(id)) return container.error(fmt::format("section {} comes twice", id));
    container.sections_.push_back({id, rest.first(size)});
    rest = rest.subspan(size);
  }
  if (!rest.empty()) {
    return container.error(fmt::format("{} bytes follow the last section", rest.size()));
  }
  return container;
}

const Container::Section* Container::find(std::uint32_t id) const {
  const auto found = std::ranges::find(sections_, id, &Section::id);
  return found == sections_.end() ? nullptr : &*found;
}

base::Result<base::ByteView> Container::section(std::uint32_t id) const {
  const Section* section = find(id);
  if (section == nullptr) return error(fmt::format("section {} is missing", id));
  return section->bytes;
}

base::Result<base::ByteView> Container::section(std::uint32_t id, std::uint64_t size_bytes) const {
  ZKP_TRY(const base::ByteView bytes, section(id));
  if (bytes.size() != size_bytes) {
    return error(fmt::format("section {} has {} bytes, want {}", id, bytes.size(), size_bytes));
  }
  return bytes;
}

Error Container::error(std::string_view message) const { return error_of(kind_, message); }

std::size_t ContainerWriter::file_size(std::span<const std::size_t> section_sizes) {
  std::size_t size = kFileHeaderBytes;
  for (const std::size_t section : section_sizes) size += kSectionHeaderBytes + section;
  return size;
}

ContainerWriter::ContainerWriter(std::span<std::uint8_t> out, const FileKind& kind,
                                 std::uint32_t section_count)
    : out_(out), section_end_(kFileHeaderBytes) {
  write(base::as_bytes(kind.magic));
  write_u32(kind.version);
  write_u32(section_count);
}

void ContainerWriter::begin_section(std::uint32_t id, std::size_t size_bytes) {
  ZKP_ASSERT(position_ == section_end_);
  write_u32(id);
  write_u64(size_bytes);
  section_end_ = position_ + size_bytes;
}

void ContainerWriter::write(base::ByteView bytes) {
  ZKP_ASSERT(bytes.size() <= out_.size() - position_);
  if (!bytes.empty()) std::memcpy(out_.data() + position_, bytes.data(), bytes.size());
  position_ += bytes.size();
}

}  // namespace zkp::prover::iden3
