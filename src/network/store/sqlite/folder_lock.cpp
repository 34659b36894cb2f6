#include "network/store/sqlite/folder_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <sys/file.h>

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;

Error error_of(const std::filesystem::path& path, const char* step, const std::error_code& why) {
  return {ErrorCode::unavailable,
          fmt::format("data folder: cannot {} {}: {}", step, path.native(), why.message())};
}
std::error_code last_error() { return {errno, std::generic_category()}; }

// Only for people: the lock is what counts.
void write_process_id(int file) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) == 0) (void)!::pwrite(file, text.data(), text.size(), 0);
}

std::string read_process_id(int file) {
  std::string text(20, ' ');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

}  // namespace

base::Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) return error_of(folder, "make", error);
  const std::filesystem::path path = folder / "lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return error_of(path, "open", last_error());
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return error_of(path, "lock", last_error());
    return Error{ErrorCode::unavailable,
                 fmt::format("data folder {}: process {} uses it already; stop that one, or name "
                             "another folder",
                             folder.native(), read_process_id(file.get()))};
  }
  write_process_id(file.get());
  return FolderLock(std::move(file));
}

}  // namespace zkp::network::store::sqlite
