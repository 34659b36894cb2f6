#pragma once

#include <filesystem>

#include "base/result.h"
#include "network/store/sqlite/descriptor.h"

namespace zkp::network::store::sqlite {

// Holds a data folder for one process, by a lock on a file in it; the system ends it with the
// process, however that ends.
class FolderLock {
 public:
  // Makes the folder, for its owner only, if there is none. unavailable if another process, or
  // another lock of this one, holds it.
  static base::Result<FolderLock> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace zkp::network::store::sqlite
