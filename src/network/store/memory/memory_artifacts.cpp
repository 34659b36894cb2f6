#include "network/store/memory/memory_artifacts.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "base/sha256.h"

namespace zkp::network::store {
namespace {

class MemoryArtifacts final : public ArtifactStore {
 public:
  base::Result<std::unique_ptr<Upload>> begin() override {
    return std::unique_ptr<Upload>(std::make_unique<MemoryUpload>(*this));
  }

  base::Result<std::uint64_t> size_bytes(const std::string& digest) override {
    ZKP_TRY(const auto file, find(digest));
    return file->size();
  }

  base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                 std::size_t most) override {
    ZKP_TRY(const auto file, find(digest));
    const base::ByteView rest = base::ByteView(*file).subspan(std::min(offset, file->size()));
    const base::ByteView piece = rest.first(std::min(most, rest.size()));
    return base::Bytes(piece.begin(), piece.end());
  }

 private:
  class MemoryUpload final : public Upload {
   public:
    explicit MemoryUpload(MemoryArtifacts& owner) : owner_(owner) {}
    base::Status append(base::ByteView piece) override {
      bytes_.insert(bytes_.end(), piece.begin(), piece.end());
      return {};
    }
    base::Result<std::string> finish() override {
      std::string digest = base::digest_name(base::sha256(bytes_));
      const std::lock_guard lock(owner_.mutex_);
      owner_.files_.try_emplace(digest, std::make_shared<const base::Bytes>(std::move(bytes_)));
      return digest;
    }

   private:
    MemoryArtifacts& owner_;
    base::Bytes bytes_;
  };

  base::Result<std::shared_ptr<const base::Bytes>> find(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    const auto file = files_.find(digest);
    if (file != files_.end()) return file->second;
    return base::Error{base::ErrorCode::not_found,
                       fmt::format("artifact {}: there is none", digest)};
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const base::Bytes>> files_;
};

}  // namespace

std::unique_ptr<ArtifactStore> make_memory_artifacts() {
  return std::make_unique<MemoryArtifacts>();
}

}  // namespace zkp::network::store
