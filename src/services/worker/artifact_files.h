#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::services::worker {

// Files of circuits on this worker's disk, by their digests: fetched when they are asked for, and
// mapped. The folder is bounded; what was used longest ago goes first. A file that is removed while
// somebody has it mapped stays until that mapping ends. Any thread; the same file may not be asked
// for twice at once.
class ArtifactFiles {
 public:
  // Brings the file with this digest from an offset on, piece by piece.
  using Sink = std::function<base::Status(base::ByteView piece)>;
  using Fetch = std::function<base::Status(const std::string& digest, std::uint64_t offset,
                                           const Sink& sink, std::stop_token stop)>;
  struct Options {
    std::filesystem::path folder;
    std::uint64_t most_bytes;
  };
  // Makes the folder.
  static base::Result<std::unique_ptr<ArtifactFiles>> open(Options options, Fetch fetch);

  // A fetch that breaks off is resumed until `stop`, also one of an earlier process.
  // Errors: cancelled, not_found, data_loss (the file is not what its digest says).
  base::Result<prover::iden3::MappedFile> get(const std::string& digest, std::stop_token stop);

 private:
  ArtifactFiles(Options options, Fetch fetch)
      : options_(std::move(options)), fetch_(std::move(fetch)) {}

  base::Status fetch_to(const std::filesystem::path& file, const std::string& digest,
                        const std::stop_token& stop);
  base::Status fetch_rest(const std::filesystem::path& part, const std::string& digest,
                          const std::stop_token& stop) const;
  void wait_before_next_try(const std::stop_token& stop);
  void trim(const std::filesystem::path& keep);

  const Options options_;
  const Fetch fetch_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::set<std::filesystem::path> fetching_;
};

}  // namespace zkp::services::worker
