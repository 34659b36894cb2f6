#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace zkp::prover::iden3 {

// What a file that holds secrets (a witness, a private key) is made with.
inline constexpr unsigned kPrivateFileMode = 0600;
inline constexpr unsigned kPublicFileMode = 0644;

// Makes `path` a file of these bytes, or leaves what was there: written beside it, forced to disk,
// renamed over it. After a crash the old or the new content stands, never a part. `mode` is
// narrowed by the process's umask; it also replaces the mode of a file that was there. Errors name
// the path.
base::Status write_file_atomically(const std::filesystem::path& path, base::ByteView bytes,
                                   unsigned mode = kPublicFileMode);

}  // namespace zkp::prover::iden3
