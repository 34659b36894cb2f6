#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
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

  // unavailable: the disk is full, or does not work.
  base::Status append(std::string_view piece);
  [[nodiscard]] base::Result<prover::iden3::MappedFile> map() const;

 private:
  explicit TemporaryFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace zkp::services::gateway
