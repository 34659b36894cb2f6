#include "network/consensus/raft/data_folder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/file.h>

namespace zkp::network::consensus::raft {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

constexpr std::string_view kLock = "lock", kOwner = "owner", kBootstrapping = "bootstrapping";
constexpr std::size_t kMetadataBytes = 32;

Error cannot(std::string_view step, const fs::path& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return {full ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
          fmt::format("Raft's data folder: cannot {} {}: {}", step, path.native(),
                      std::generic_category().message(number))};
}

base::Status sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return cannot("open", folder, errno);
  const int failure = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (failure != 0) return cannot("sync", folder, failure);
  return {};
}

// All of the file or nothing: through another name. On disk when it returns.
base::Status write_file(const fs::path& path, std::string_view text) {
  fs::path draft = path;
  draft += ".draft";
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot("write", draft, errno);
  const ssize_t written = ::write(file, text.data(), text.size());
  int failure = written < 0 ? errno : 0;
  if (failure == 0 && static_cast<std::size_t>(written) != text.size()) failure = ENOSPC;
  if (failure == 0 && ::fsync(file) != 0) failure = errno;
  ::close(file);
  if (failure == 0 && ::rename(draft.c_str(), path.c_str()) != 0) failure = errno;
  if (failure != 0) return cannot("write", path, failure);
  return sync_folder(path.parent_path());
}

// At most `most` bytes of the file's start; nothing if it is not there.
base::Result<std::string> read_file(const fs::path& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::string();
  if (file < 0) return cannot("read", path, errno);
  std::string text(most, '\0');
  const ssize_t size = ::read(file, text.data(), text.size());
  const int failure = size < 0 ? errno : 0;
  ::close(file);
  if (failure != 0) return cannot("read", path, failure);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

bool is_metadata(std::string_view name) { return name == "metadata1" || name == "metadata2"; }

// Segments of the log are "FIRST-LAST" or "open-N".
bool is_log_or_snapshot(std::string_view name) {
  if (name.starts_with("open-") || name.starts_with("snapshot-")) return true;
  return name.find('-') != std::string_view::npos &&
         name.find_first_not_of("0123456789-") == std::string_view::npos;
}

struct RaftFiles {
  std::vector<fs::path> metadata, log;  // log: and snapshots
};

base::Result<RaftFiles> raft_files(const fs::path& folder) {
  RaftFiles files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().native();
    if (is_metadata(name)) files.metadata.push_back(entry->path());
    if (is_log_or_snapshot(name)) files.log.push_back(entry->path());
  }
  if (error) return cannot("list", folder, error.value());
  return files;
}

}  // namespace

std::string how_to_heal(const fs::path& folder, const std::string& node_id) {
  return fmt::format(
      "To heal: stop this coordinator, empty {}, start it again without bootstrap members, and on "
      "the leader run `zkp cluster remove {}` and then `zkp cluster add`",
      folder.native(), node_id);
}

base::Result<DataFolder> DataFolder::open(fs::path path, const Owner& owner) {
  std::error_code error;
  if (fs::create_directories(path, error)) {
    fs::permissions(path, fs::perms::owner_all, error);
  }
  if (error) return cannot("make", path, error.value());
  const fs::path lock_path = path / kLock;
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return cannot("open", lock_path, errno);
  DataFolder folder(std::move(path), lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", lock_path, errno);
    return Error{ErrorCode::unavailable,
                 fmt::format("Raft's data folder {}: another process uses it; stop that one, or "
                             "name another folder",
                             folder.path_.native())};
  }
  ZKP_CHECK(folder.claim(owner));
  ZKP_CHECK(folder.look_at_files(owner));
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), new_(other.new_) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

base::Status DataFolder::claim(const Owner& owner) {
  const std::string wanted = owner.cluster_id + " " + owner.node_id + "\n";
  const fs::path path = path_ / kOwner;
  ZKP_TRY(const std::string found, read_file(path, 1024));
  if (found == wanted) return {};
  if (!found.empty()) {
    return Error{ErrorCode::failed_precondition,
                 fmt::format("Raft's data folder {} is of (cluster, coordinator) '{}', not of '{}'",
                             path_.native(), found.substr(0, found.find('\n')),
                             wanted.substr(0, wanted.size() - 1))};
  }
  ZKP_TRY(const RaftFiles files, raft_files(path_));
  if (!files.log.empty() || !files.metadata.empty()) {
    return Error{ErrorCode::data_loss,
                 fmt::format("{} is lost or empty, though there is a log. {}", path.native(),
                             how_to_heal(path_, owner.node_id))};
  }
  return write_file(path, wanted);
}

base::Status DataFolder::look_at_files(const Owner& owner) {
  ZKP_TRY(RaftFiles files, raft_files(path_));
  std::error_code error;
  if (fs::exists(path_ / kBootstrapping, error)) {
    for (const fs::path& path : files.log) fs::remove(path, error);
    for (const fs::path& path : files.metadata) fs::remove(path, error);
    ZKP_CHECK(end_bootstrap());
    ZKP_TRY(files, raft_files(path_));
  }
  // C-Raft removes metadata that is too short, and a node without any starts from term 0.
  bool whole = false;
  for (const fs::path& path : files.metadata) {
    ZKP_TRY(const std::string content, read_file(path, kMetadataBytes + 1));
    whole = whole || content.size() == kMetadataBytes;
  }
  if (!whole && !(files.log.empty() && files.metadata.empty())) {
    return Error{ErrorCode::data_loss,
                 fmt::format("{}/metadata1 and metadata2 are lost or cut short. {}", path_.native(),
                             how_to_heal(path_, owner.node_id))};
  }
  new_ = files.log.empty() && files.metadata.empty();
  return {};
}

base::Status DataFolder::begin_bootstrap() { return write_file(path_ / kBootstrapping, ""); }

base::Status DataFolder::end_bootstrap() {
  const fs::path path = path_ / kBootstrapping;
  if (::unlink(path.c_str()) != 0) return cannot("remove", path, errno);
  return sync_folder(path_);
}

}  // namespace zkp::network::consensus::raft
