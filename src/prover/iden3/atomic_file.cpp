#include "prover/iden3/atomic_file.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "base/hex.h"
#include "base/random.h"

namespace zkp::prover::iden3 {
namespace {

using base::Error;
using base::ErrorCode;

// Closed on the way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Error error_of(const std::filesystem::path& path, const char* step, int number) {
  const ErrorCode code = number == ENOENT || number == ENOTDIR  ? ErrorCode::not_found
                         : number == EACCES                     ? ErrorCode::permission_denied
                         : number == ENOSPC || number == EDQUOT ? ErrorCode::resource_exhausted
                                                                : ErrorCode::unavailable;
  return {code, fmt::format("{}: cannot {}: {}", path.native(), step,
                            std::generic_category().message(number))};
}

base::Status write_all(int descriptor, base::ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return error_of(path, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// The name in the folder lasts only when the folder itself is on disk.
base::Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return error_of(folder, "open", errno);
  if (::fsync(descriptor.get()) != 0) return error_of(folder, "write to disk", errno);
  return {};
}

// A name that nobody else takes, in the same folder: a rename does not cross file systems.
std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  std::array<std::uint8_t, 8> random{};
  base::SystemRandom().fill(random);
  std::filesystem::path temporary = path;
  temporary.replace_filename(
      fmt::format(".{}.{}", path.filename().native().substr(0, 200), base::to_hex(random)));
  return temporary;
}

}  // namespace

base::Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path, unsigned mode) {
  std::filesystem::path temporary = temporary_beside(path);
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return error_of(path, "create", errno);
  return AtomicFile(path, std::move(temporary), descriptor);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

base::Status AtomicFile::write(base::ByteView bytes) {
  return write_all(descriptor_, bytes, path_);
}

// Carries no error of close(): fsync has reported before.
base::Status AtomicFile::commit() {
  ZKP_ASSERT(descriptor_ >= 0);
  if (::fsync(descriptor_) != 0) return error_of(path_, "write to disk", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return error_of(path_, "replace", errno);
  ::close(std::exchange(descriptor_, -1));
  return sync_folder(path_.has_parent_path() ? path_.parent_path() : std::filesystem::path("."));
}

base::Status write_file_atomically(const std::filesystem::path& path, base::ByteView bytes,
                                   unsigned mode) {
  ZKP_TRY(AtomicFile file, AtomicFile::create(path, mode));
  ZKP_CHECK(file.write(bytes));
  return file.commit();
}

}  // namespace zkp::prover::iden3
