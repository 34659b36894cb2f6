#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace zkp::prover::iden3 {

// A file's bytes, mapped read-only. Owns the mapping; the view lives as long as it does. The file
// must not be cut short meanwhile (write_file_atomically never does so): reading past a new end
// ends the process. Any thread may read.
class MappedFile {
 public:
  // not_found if there is no such file; invalid_argument if it is no regular file.
  static base::Result<MappedFile> open(const std::filesystem::path& path);
  // A file that is open already, and stays the caller's; `path` is for errors only.
  static base::Result<MappedFile> map(int descriptor, const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] base::ByteView bytes() const { return bytes_; }

  // These bytes are not needed soon: the memory that they take is given back, and they are read
  // from the file again if they are asked for.
  void forget(base::ByteView read) const;

 private:
  explicit MappedFile(base::ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] std::size_t offset_of(base::ByteView part) const;

  base::ByteView bytes_;
};

}  // namespace zkp::prover::iden3
