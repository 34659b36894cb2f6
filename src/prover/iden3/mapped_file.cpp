#include "prover/iden3/mapped_file.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace zkp::prover::iden3 {
namespace {

using base::Error;
using base::ErrorCode;

Error error_of(const std::filesystem::path& path, int number) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return {missing ? ErrorCode::not_found
                  : (number == EACCES ? ErrorCode::permission_denied : ErrorCode::unavailable),
          fmt::format("{}: {}", path.native(), std::generic_category().message(number))};
}

base::Result<base::ByteView> map_bytes(int descriptor, const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return error_of(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::invalid_argument, fmt::format("{}: not a file", path.native())};
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return base::ByteView{};  // a mapping of no bytes is refused by the system
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (memory == MAP_FAILED) return error_of(path, errno);
  return base::ByteView{static_cast<const std::uint8_t*>(memory), size};
}

}  // namespace

base::Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return error_of(path, errno);
  base::Result<MappedFile> file = map(descriptor, path);
  ::close(descriptor);  // the mapping keeps the file
  return file;
}

base::Result<MappedFile> MappedFile::map(int descriptor, const std::filesystem::path& path) {
  ZKP_TRY(const base::ByteView bytes, map_bytes(descriptor, path));
  return MappedFile(bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

void MappedFile::forget(base::ByteView read) const {
  if (read.empty()) return;
  ZKP_ASSERT(read.data() >= bytes_.data() && read.size() <= bytes_.size() - offset_of(read));
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = offset_of(read) / page * page;
  auto* const from = const_cast<std::uint8_t*>(bytes_.data() + begin);
  ::madvise(from, offset_of(read) + read.size() - begin, MADV_DONTNEED);
}

std::size_t MappedFile::offset_of(base::ByteView part) const {
  return static_cast<std::size_t>(part.data() - bytes_.data());
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace zkp::prover::iden3
