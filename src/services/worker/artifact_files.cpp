#include "services/worker/artifact_files.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/sha256.h"

namespace zkp::services::worker {
namespace {

using base::Error;
using base::ErrorCode;
using prover::iden3::MappedFile;
using std::filesystem::path;

constexpr std::string_view kPrefix = "sha256:";
constexpr const char* kPart = ".part";
constexpr std::chrono::milliseconds kFetchAgain{200};
constexpr std::size_t kHashedAtOnce = 4 << 20;

// The digest's digits are the file's name, so they must be digits.
base::Result<std::string> file_name_of(const std::string& digest) {
  const std::string_view digits =
      std::string_view(digest).substr(std::min(kPrefix.size(), digest.size()));
  const auto bytes = base::from_hex(digits);
  if (!digest.starts_with(kPrefix) || !bytes.ok() || bytes->size() != 32) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("'{}' is no digest: want sha256: and 64 hexadecimal digits", digest)};
  }
  return std::string(digits);
}

Error cancelled() { return {ErrorCode::cancelled, "the file is not wanted any more"}; }

// Whether the digest names these bytes. A large file takes long to hash: it looks at `stop`.
base::Result<bool> is_name_of(const std::string& digest, base::ByteView bytes,
                              const std::stop_token& stop) {
  base::Sha256Stream stream;
  while (!bytes.empty()) {
    if (stop.stop_requested()) return cancelled();
    const base::ByteView piece = bytes.first(std::min(bytes.size(), kHashedAtOnce));
    stream.update(piece);
    bytes = bytes.subspan(piece.size());
  }
  return base::digest_name(stream.finish()) == digest;
}

}  // namespace

base::Result<std::unique_ptr<ArtifactFiles>> ArtifactFiles::open(Options options, Fetch fetch) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    return Error{ErrorCode::unavailable, fmt::format("cannot make the folder {}: {}",
                                                     options.folder.string(), error.message())};
  }
  return std::unique_ptr<ArtifactFiles>(new ArtifactFiles(std::move(options), std::move(fetch)));
}

base::Result<MappedFile> ArtifactFiles::get(const std::string& digest, std::stop_token stop) {
  ZKP_TRY(const std::string name, file_name_of(digest));
  const path file = options_.folder / name;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) ZKP_CHECK(fetch_to(file, digest, stop));
  ZKP_TRY(MappedFile mapped, MappedFile::open(file));
  // A disk may have changed what the digest was checked for at its arrival.
  ZKP_TRY(const bool is_whole, is_name_of(digest, mapped.bytes(), stop));
  if (!is_whole) {
    std::filesystem::remove(file, error);
    return Error{ErrorCode::data_loss,
                 fmt::format("the file {} is damaged; it is removed, and fetched again for the "
                             "next attempt",
                             name)};
  }
  last_write_time(file, std::filesystem::file_time_type::clock::now(), error);
  trim(file);
  return mapped;
}

base::Status ArtifactFiles::fetch_to(const path& file, const std::string& digest,
                                     const std::stop_token& stop) {
  const path part = file.string() + kPart;
  {
    const std::lock_guard lock(mutex_);
    fetching_.insert(part);
  }
  base::Status fetched = fetch_rest(part, digest, stop);
  while (!fetched.ok() && fetched.error().code == ErrorCode::unavailable &&
         !stop.stop_requested()) {
    wait_before_next_try(stop);
    fetched = fetch_rest(part, digest, stop);
  }
  std::error_code error;
  {
    const std::lock_guard lock(mutex_);
    fetching_.erase(part);
    if (fetched.ok()) std::filesystem::rename(part, file, error);
  }
  if (stop.stop_requested()) return cancelled();
  if (error) return Error{ErrorCode::unavailable, "cannot rename " + part.string()};
  return fetched;
}

// From what is there of it to its end.
base::Status ArtifactFiles::fetch_rest(const path& part, const std::string& digest,
                                       const std::stop_token& stop) const {
  std::error_code error;
  const auto have = std::filesystem::file_size(part, error);
  base::log_info("Fetching {} from byte {}", digest, error ? 0 : have);
  std::ofstream out(part, std::ios::binary | std::ios::app);
  ZKP_CHECK(fetch_(
      digest, error ? 0 : have,
      [&](base::ByteView piece) -> base::Status {
        out.write(reinterpret_cast<const char*>(piece.data()),
                  static_cast<std::streamsize>(piece.size()));
        // What came is on disk before the next piece: a process that ends here goes on from here.
        out.flush();
        if (!out) return Error{ErrorCode::internal, "cannot write " + part.string()};
        return {};
      },
      stop));
  out.close();
  ZKP_TRY(const MappedFile mapped, MappedFile::open(part));
  ZKP_TRY(const bool is_whole, is_name_of(digest, mapped.bytes(), stop));
  if (is_whole) return {};
  std::filesystem::remove(part, error);
  return Error{ErrorCode::data_loss, fmt::format("the file that came for {} is another", digest)};
}

void ArtifactFiles::wait_before_next_try(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, stop, kFetchAgain, [] { return false; });
}

// Also counts what earlier processes left unfinished.
void ArtifactFiles::trim(const path& keep) {
  struct File {
    path place;
    std::filesystem::file_time_type used;
    std::uint64_t size_bytes;
  };
  const std::lock_guard lock(mutex_);
  std::vector<File> files;
  std::uint64_t sum = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, error)) {
    files.push_back({entry.path(), entry.last_write_time(error), entry.file_size(error)});
    sum += files.back().size_bytes;
  }
  std::ranges::sort(files, {}, &File::used);
  for (const File& file : files) {
    if (sum <= options_.most_bytes) return;
    if (file.place == keep || fetching_.contains(file.place)) continue;
    if (std::filesystem::remove(file.place, error)) sum -= file.size_bytes;
  }
}

}  // namespace zkp::services::worker
