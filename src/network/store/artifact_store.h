#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

// Files of circuits (.r1cs, .zkey), addressed by their SHA-256: "sha256:..." as
// base::digest_name writes it. Never changed once written. Any thread.
namespace zkp::network::store {

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  // Takes a file in pieces. Nothing is visible before finish(), nothing is left if it is dropped.
  class Upload {
   public:
    virtual ~Upload() = default;
    virtual base::Status append(base::ByteView piece) = 0;
    // The file is on disk now; its digest. A file that is there already is kept.
    virtual base::Result<std::string> finish() = 0;
  };
  [[nodiscard]] virtual base::Result<std::unique_ptr<Upload>> begin() = 0;

  virtual base::Result<std::uint64_t> size_bytes(const std::string& digest) = 0;  // not_found
  // Up to `most` bytes from `offset`; fewer at the end, none behind it.
  virtual base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                         std::size_t most) = 0;
};

}  // namespace zkp::network::store
