#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/groth16/keys.h"

namespace zkp::services::worker {

// The proving keys of a worker, by the digest of their file: fetched once, kept on disk, read into
// memory once however many slots want them. Both are bounded; what was used longest ago goes first,
// but never what was asked for last. Any thread.
class KeyCache {
 public:
  // Brings the file with this digest from an offset on, piece by piece.
  using Sink = std::function<base::Status(base::ByteView piece)>;
  using Fetch = std::function<base::Status(const std::string& digest, std::uint64_t offset,
                                           const Sink& sink, std::stop_token stop)>;
  struct Options {
    std::filesystem::path folder;
    std::uint64_t most_memory_bytes;
    std::uint64_t most_disk_bytes;
  };
  // Makes the folder.
  static base::Result<std::unique_ptr<KeyCache>> open(Options options, Fetch fetch);

  // Waits for whoever loads the same key already. A fetch that breaks off is resumed until `stop`.
  // Errors: cancelled, not_found, data_loss (the file is not what its digest says).
  using Key = std::shared_ptr<const prover::groth16::ProvingKey>;
  base::Result<Key> get(const std::string& digest, std::stop_token stop);

  // The digests of the keys in memory.
  [[nodiscard]] std::vector<std::string> loaded() const;

 private:
  KeyCache(Options options, Fetch fetch) : options_(std::move(options)), fetch_(std::move(fetch)) {}

  struct Entry {
    std::string digest;
    Key key;
    std::uint64_t size_bytes;
  };
  base::Result<Key> load(const std::string& digest, const std::stop_token& stop);
  base::Status fetch_to(const std::filesystem::path& file, const std::string& digest,
                        const std::stop_token& stop);
  Key find(const std::string& digest);
  void keep(const std::string& digest, const Key& key);
  void trim_disk(const std::filesystem::path& keep) const;

  const Options options_;
  const Fetch fetch_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Entry> entries_;  // the one used last in front
  std::set<std::string> loading_;
};

}  // namespace zkp::services::worker
