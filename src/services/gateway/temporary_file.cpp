#include "services/gateway/temporary_file.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace zkp::services::gateway {
namespace {

base::Error error_of(std::string_view what, int number) {
  const bool full = number == ENOSPC || number == EDQUOT;
  return {
      full ? base::ErrorCode::resource_exhausted : base::ErrorCode::unavailable,
      fmt::format("cannot {} a temporary file: {}", what, std::generic_category().message(number))};
}

}  // namespace

base::Result<TemporaryFile> TemporaryFile::make(const std::filesystem::path& folder) {
  std::string name = (folder / "zkp-upload-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return error_of("make", errno);
  ::unlink(name.c_str());
  return TemporaryFile(descriptor);
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      stream_(std::move(other.stream_)),
      digest_(std::move(other.digest_)) {}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(stream_, other.stream_);
  std::swap(digest_, other.digest_);
  return *this;
}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Status TemporaryFile::append(std::string_view piece) {
  stream_.update(base::as_bytes(piece));
  while (!piece.empty()) {
    const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return error_of("write", errno);
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

const std::string& TemporaryFile::digest() const {
  if (digest_.empty()) digest_ = base::digest_name(stream_.finish());
  return digest_;
}

base::Result<prover::iden3::MappedFile> TemporaryFile::map() const {
  return prover::iden3::MappedFile::map(descriptor_, "a temporary file");
}

}  // namespace zkp::services::gateway
