#include "services/worker/key_cache.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include <fmt/format.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/sha256.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::services::worker {
namespace {

using base::Error;
using base::ErrorCode;
using prover::iden3::MappedFile;

constexpr std::string_view kPrefix = "sha256:";
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
  return std::string(digits) + ".zkey";
}

template <class Vector>
std::uint64_t size_of(const Vector& vector) {
  return vector.size() * sizeof(vector[0]);
}

std::uint64_t memory_of(const prover::groth16::ProvingKey& key) {
  return size_of(key.a) + size_of(key.b1) + size_of(key.b2) + size_of(key.c) + size_of(key.h) +
         size_of(key.matrix_a.terms) + size_of(key.matrix_b.terms) +
         size_of(key.matrix_a.row_start) + size_of(key.matrix_b.row_start);
}

Error cancelled() { return {ErrorCode::cancelled, "the key is not wanted any more"}; }

// Whether the digest names these bytes. A large key takes long to hash: it looks at `stop`.
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

base::Result<std::unique_ptr<KeyCache>> KeyCache::open(Options options, Fetch fetch) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    return Error{ErrorCode::unavailable, fmt::format("cannot make the folder {}: {}",
                                                     options.folder.string(), error.message())};
  }
  return std::unique_ptr<KeyCache>(new KeyCache(std::move(options), std::move(fetch)));
}

base::Result<KeyCache::Key> KeyCache::get(const std::string& digest, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const bool free = changed_.wait(lock, stop, [&] { return !loading_.contains(digest); });
  if (!free) return cancelled();
  if (Key key = find(digest)) return key;
  loading_.insert(digest);
  lock.unlock();
  auto key = load(digest, stop);
  lock.lock();
  if (key.ok()) keep(digest, *key);
  loading_.erase(digest);
  changed_.notify_all();
  return key;
}

std::vector<std::string> KeyCache::loaded() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> digests;
  for (const Entry& entry : entries_) digests.push_back(entry.digest);
  return digests;
}

KeyCache::Key KeyCache::find(const std::string& digest) {
  const auto found = std::ranges::find(entries_, digest, &Entry::digest);
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return found->key;
}

void KeyCache::keep(const std::string& digest, const Key& key) {
  entries_.push_front({digest, key, memory_of(*key)});
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_) sum += entry.size_bytes;
  while (entries_.size() > 1 && sum > options_.most_memory_bytes) {
    sum -= entries_.back().size_bytes;
    entries_.pop_back();
  }
}

base::Result<KeyCache::Key> KeyCache::load(const std::string& digest, const std::stop_token& stop) {
  ZKP_TRY(const std::string name, file_name_of(digest));
  const std::filesystem::path file = options_.folder / name;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) ZKP_CHECK(fetch_to(file, digest, stop));
  ZKP_TRY(const MappedFile mapped, MappedFile::open(file));
  // A disk may have changed what the digest was checked for at its arrival.
  ZKP_TRY(const bool is_whole, is_name_of(digest, mapped.bytes(), stop));
  if (!is_whole) {
    std::filesystem::remove(file, error);
    return Error{ErrorCode::data_loss, fmt::format("the key file {} is damaged; it is removed, and "
                                                   "fetched again for the next attempt",
                                                   name)};
  }
  // The digest was checked, and the leader checked the key's points before it gave the digest out.
  ZKP_TRY(auto key, prover::iden3::read_zkey(mapped.bytes(), prover::iden3::PointChecks::none));
  last_write_time(file, std::filesystem::file_time_type::clock::now(), error);
  trim_disk(file);
  return Key(std::make_shared<const prover::groth16::ProvingKey>(std::move(key)));
}

base::Status KeyCache::fetch_to(const std::filesystem::path& file, const std::string& digest,
                                const std::stop_token& stop) {
  const std::filesystem::path part = file.string() + ".part";
  while (true) {
    std::error_code error;
    const auto have = std::filesystem::file_size(part, error);
    std::ofstream out(part, std::ios::binary | std::ios::app);
    const auto status = fetch_(
        digest, error ? 0 : have,
        [&](base::ByteView piece) -> base::Status {
          out.write(reinterpret_cast<const char*>(piece.data()),
                    static_cast<std::streamsize>(piece.size()));
          if (!out) return Error{ErrorCode::internal, "cannot write " + part.string()};
          return {};
        },
        stop);
    out.close();
    if (stop.stop_requested()) return cancelled();
    if (status.ok()) break;
    if (status.error().code != ErrorCode::unavailable) return status;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kFetchAgain, [] { return false; });
  }
  {
    ZKP_TRY(const MappedFile mapped, MappedFile::open(part));
    ZKP_TRY(const bool is_whole, is_name_of(digest, mapped.bytes(), stop));
    if (!is_whole) {
      std::error_code error;
      std::filesystem::remove(part, error);
      return Error{ErrorCode::data_loss,
                   fmt::format("the file that came for {} is another", digest)};
    }
  }
  std::error_code error;
  std::filesystem::rename(part, file, error);
  if (error) return Error{ErrorCode::unavailable, "cannot rename " + part.string()};
  return {};
}

void KeyCache::trim_disk(const std::filesystem::path& keep) const {
  struct File {
    std::filesystem::path path;
    std::filesystem::file_time_type used;
    std::uint64_t size_bytes;
  };
  std::vector<File> files;
  std::uint64_t sum = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, error)) {
    if (entry.path().extension() != ".zkey") continue;
    files.push_back({entry.path(), entry.last_write_time(error), entry.file_size(error)});
    sum += files.back().size_bytes;
  }
  std::ranges::sort(files, {}, &File::used);
  for (const File& file : files) {
    if (sum <= options_.most_disk_bytes) return;
    if (file.path == keep) continue;
    if (std::filesystem::remove(file.path, error)) sum -= file.size_bytes;
  }
}

}  // namespace zkp::services::worker
