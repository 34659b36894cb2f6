#include "network/store/sqlite/file_artifacts.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/sha256.h"
#include "network/store/sqlite/descriptor.h"

namespace zkp::network::store {
namespace {

using base::Error;
using base::ErrorCode;
using sqlite::Descriptor;
using std::filesystem::path;

constexpr std::string_view kPrefix = "sha256:";
constexpr const char* kTemporary = ".upload";

Error error_of(const path& file, const char* step, const std::error_code& why) {
  const bool full = why == std::errc::no_space_on_device;
  return {full ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
          fmt::format("artifacts: cannot {} {}: {}", step, file.native(), why.message())};
}
Error last_error(const path& file, const char* step) {
  return error_of(file, step, {errno, std::generic_category()});
}

bool is_digest(std::string_view name) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return name.size() == kPrefix.size() + 64 && name.starts_with(kPrefix) &&
         std::ranges::all_of(name.substr(kPrefix.size()), is_digit);
}

base::Status sync_folder(const path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::fsync(descriptor.get()) != 0) return last_error(folder, "write to disk");
  return {};
}

// A file that grows under a name of its own until it is whole.
class FileUpload final : public ArtifactStore::Upload {
 public:
  static base::Result<std::unique_ptr<ArtifactStore::Upload>> open(const path& folder,
                                                                   std::uint64_t number) {
    const path temporary = folder / fmt::format("{}{}", number, kTemporary);
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.get() < 0) return last_error(temporary, "create");
    return std::unique_ptr<ArtifactStore::Upload>(
        new FileUpload(folder, temporary, std::move(file)));
  }
  ~FileUpload() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  base::Status append(base::ByteView piece) override {
    digest_.update(piece);
    while (!piece.empty()) {
      const ssize_t written = ::write(file_.get(), piece.data(), piece.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return last_error(temporary_, "write");
      piece = piece.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  base::Result<std::string> finish() override {
    if (::fsync(file_.get()) != 0) return last_error(temporary_, "write to disk");
    std::string digest = base::digest_name(digest_.finish());
    const path name = folder_ / digest.substr(kPrefix.size());
    // Replaces a file of the same content, if it is there: nobody can tell.
    if (::rename(temporary_.c_str(), name.c_str()) != 0) return last_error(name, "create");
    temporary_.clear();
    ZKP_CHECK(sync_folder(folder_));
    return digest;
  }

 private:
  FileUpload(path folder, path temporary, Descriptor file)
      : folder_(std::move(folder)), temporary_(std::move(temporary)), file_(std::move(file)) {}

  path folder_, temporary_;  // temporary_ is empty once the file has its name
  Descriptor file_;
  base::Sha256Stream digest_;
};

class FileArtifacts final : public ArtifactStore {
 public:
  explicit FileArtifacts(path folder) : folder_(std::move(folder)) {}

  base::Result<std::unique_ptr<Upload>> begin() override {
    return FileUpload::open(folder_, next_upload_++);
  }

  base::Result<std::uint64_t> size_bytes(const std::string& digest) override {
    ZKP_TRY(const OpenFile file, open(digest));
    return file.size_bytes;
  }

  base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                 std::size_t most) override {
    ZKP_TRY(const OpenFile file, open(digest));
    const std::uint64_t rest = file.size_bytes - std::min(offset, file.size_bytes);
    base::Bytes piece(std::min<std::uint64_t>(most, rest));
    std::size_t done = 0;
    while (done < piece.size()) {
      const ssize_t got = ::pread(file.descriptor.get(), piece.data() + done, piece.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return last_error(digest, "read");
      if (got == 0) return Error{ErrorCode::data_loss, digest + ": the file became shorter"};
      done += static_cast<std::size_t>(got);
    }
    return piece;
  }

 private:
  struct OpenFile {
    Descriptor descriptor;
    std::uint64_t size_bytes;
  };

  base::Result<OpenFile> open(const std::string& digest) {
    const Error absent{ErrorCode::not_found, fmt::format("artifact {}: there is none", digest)};
    if (!is_digest(digest)) return absent;
    const path file = folder_ / digest.substr(kPrefix.size());
    Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.get() < 0 && errno == ENOENT) return absent;
    if (descriptor.get() < 0) return last_error(file, "open");
    struct ::stat facts{};
    if (::fstat(descriptor.get(), &facts) != 0) return last_error(file, "look at");
    return OpenFile{std::move(descriptor), static_cast<std::uint64_t>(facts.st_size)};
  }

  path folder_;
  std::atomic<std::uint64_t> next_upload_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<ArtifactStore>> open_file_artifacts(const path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return error_of(folder, "make", error);
  std::filesystem::directory_iterator file(folder, error), end;
  for (; !error && file != end; file.increment(error)) {
    std::error_code removal;
    if (file->path().extension() == kTemporary) std::filesystem::remove(file->path(), removal);
    if (removal) return error_of(file->path(), "remove", removal);
  }
  if (error) return error_of(folder, "list", error);
  return std::unique_ptr<ArtifactStore>(std::make_unique<FileArtifacts>(folder));
}

}  // namespace zkp::network::store
