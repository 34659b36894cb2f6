#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::services::gateway {

// A file without a name: it is gone with this object, or with the process. One thread at a time.
class TemporaryFile {
 public:
  // unavailable: why it cannot be made.
  static base::Result<TemporaryFile> make(const std::filesystem::path& folder);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;
  ~TemporaryFile();

  // resource_exhausted: the disk is full; unavailable: it does not work.
  base::Status append(std::string_view piece);
  // Of all that was appended, as base::digest_name writes it; nothing may be appended any more.
  [[nodiscard]] const std::string& digest() const;
  [[nodiscard]] base::Result<prover::iden3::MappedFile> map() const;

 private:
  explicit TemporaryFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  mutable base::Sha256Stream stream_;
  mutable std::string digest_;
};

}  // namespace zkp::services::gateway
