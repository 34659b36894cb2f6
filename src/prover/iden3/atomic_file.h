#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace zkp::prover::iden3 {

// What a file that holds secrets (a witness, a private key) is made with.
inline constexpr unsigned kPrivateFileMode = 0600;
inline constexpr unsigned kPublicFileMode = 0644;

// A file that is written front to back beside `path` and takes its place when it is whole: forced
// to disk, renamed over it. After a crash the old or the new content stands, never a part. What has
// not been committed is removed. Errors name the path. One owner, one thread at a time.
class AtomicFile {
 public:
  // `mode` is narrowed by the process's umask; it also replaces the mode of a file that was there.
  static base::Result<AtomicFile> create(const std::filesystem::path& path,
                                         unsigned mode = kPublicFileMode);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  base::Status write(base::ByteView bytes);
  // Once, after the last write.
  base::Status commit();

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor)
      : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::filesystem::path path_, temporary_;
  int descriptor_;  // -1 once it is committed or moved from
};

// The same for bytes that are all there.
base::Status write_file_atomically(const std::filesystem::path& path, base::ByteView bytes,
                                   unsigned mode = kPublicFileMode);

}  // namespace zkp::prover::iden3
