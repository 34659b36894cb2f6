#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "prover/groth16/keys.h"
#include "prover/groth16/verify.h"
#include "prover/witness/program.h"
#include "services/worker/artifact_files.h"
#include "services/worker/loaded.h"

namespace zkp::services::worker {

// A key pair: to prove, and to check what was proved.
struct LoadedKey {
  prover::groth16::ProvingKey proving;
  prover::groth16::PreparedVerifyingKey verifying;
};

// What a worker has of circuits, shared by its slots: their keys and their witness programs, by the
// digests of the files. Each file is fetched once, and loaded once for as long as it is used. Any
// thread.
class CircuitCache {
 public:
  struct Options {
    std::filesystem::path folder;
    std::uint64_t most_disk_bytes, most_key_memory_bytes;
    prover::witness::Limits program_limits;
  };
  // REQUIRES: the engine outlives the cache.
  static base::Result<std::unique_ptr<CircuitCache>> open(Options options,
                                                          const prover::witness::Engine& engine,
                                                          ArtifactFiles::Fetch fetch);

  // Errors: those of ArtifactFiles::get, and what is wrong with the file.
  using KeyRef = std::shared_ptr<const LoadedKey>;
  base::Result<KeyRef> key(const std::string& digest, std::stop_token stop) {
    return keys_.get(digest, std::move(stop));
  }
  // The same; failed_precondition: what is wrong with the program, wherever it is compiled.
  using ProgramRef = std::shared_ptr<const prover::witness::Program>;
  base::Result<ProgramRef> program(const std::string& digest, std::stop_token stop) {
    return programs_.get(digest, std::move(stop));
  }

  // The digests of the keys in memory.
  [[nodiscard]] std::vector<std::string> loaded_keys() const { return keys_.digests(); }

  // How many keys and programs have been loaded so far.
  [[nodiscard]] std::size_t key_loads() const { return keys_.loads(); }
  [[nodiscard]] std::size_t program_loads() const { return programs_.loads(); }

 private:
  CircuitCache(const Options& options, const prover::witness::Engine& engine,
               std::unique_ptr<ArtifactFiles> files);

  std::unique_ptr<ArtifactFiles> files_;
  Loaded<LoadedKey> keys_;
  Loaded<prover::witness::Program> programs_;
};

}  // namespace zkp::services::worker
