#include "network/store/postgres/postgres_artifacts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/sha256.h"
#include "network/store/postgres/migrations.h"
#include "network/store/postgres/pool.h"

namespace zkp::network::store {
namespace {

using base::Error;
using base::ErrorCode;
using postgres::Connection;
using postgres::Params;
using postgres::Pool;
using postgres::Rows;
using postgres::Statement;

constexpr std::size_t kChunkBytes = 256 * 1024;

constexpr Statement kRemoveOld{
    "remove_old_uploads",
    "DELETE FROM artifact_uploads u WHERE u.begun_at < now() - interval '1 day' "
    "AND NOT EXISTS (SELECT FROM artifacts a WHERE a.upload_id = u.id)"};
constexpr Statement kBegin{"begin_upload",
                           "INSERT INTO artifact_uploads DEFAULT VALUES RETURNING id"};
constexpr Statement kAppend{"append_chunk",
                            "INSERT INTO artifact_chunks (upload_id, number, bytes) "
                            "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};
// The first writer wins. Twice the same is once.
constexpr Statement kFinish{"finish_upload",
                            "INSERT INTO artifacts (digest, upload_id, size_bytes, chunk_bytes) "
                            "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"};
constexpr Statement kDrop{"drop_upload",
                          "DELETE FROM artifact_uploads u WHERE u.id = $1 "
                          "AND NOT EXISTS (SELECT FROM artifacts a WHERE a.upload_id = u.id)"};
constexpr Statement kFind{
    "find_artifact", "SELECT upload_id, size_bytes, chunk_bytes FROM artifacts WHERE digest = $1"};
constexpr Statement kRead{
    "read_chunk",
    "SELECT substring(bytes FROM $3::bigint::integer FOR $4::bigint::integer) "
    "FROM artifact_chunks WHERE upload_id = $1 AND number = $2"};

// A file that grows, of which a last, unfinished piece is held here.
class PostgresUpload final : public ArtifactStore::Upload {
 public:
  PostgresUpload(std::shared_ptr<Pool> pool, std::int64_t id) : pool_(std::move(pool)), id_(id) {}
  ~PostgresUpload() override {
    (void)pool_->use([&](Connection& c) { return c.query(kDrop, Params().number(id_)); });
  }

  base::Status append(base::ByteView piece) override {
    digest_.update(piece);
    size_bytes_ += piece.size();
    while (!piece.empty()) {
      const std::size_t taken = std::min(piece.size(), kChunkBytes - chunk_.size());
      chunk_.insert(chunk_.end(), piece.begin(),
                    piece.begin() + static_cast<std::ptrdiff_t>(taken));
      piece = piece.subspan(taken);
      if (chunk_.size() == kChunkBytes) ZKP_CHECK(write_chunk());
    }
    return {};
  }

  base::Result<std::string> finish() override {
    if (!chunk_.empty()) ZKP_CHECK(write_chunk());
    std::string digest = base::digest_name(digest_.finish());
    Params params;
    params.text(digest).number(id_).count(size_bytes_).count(kChunkBytes);
    ZKP_CHECK(pool_->use([&](Connection& c) { return c.query(kFinish, params); }));
    return digest;
  }

 private:
  base::Status write_chunk() {
    Params params;
    params.number(id_).count(chunks_).bytes(chunk_);
    ZKP_CHECK(pool_->use([&](Connection& c) { return c.query(kAppend, params); }));
    ++chunks_;
    chunk_.clear();
    return {};
  }

  std::shared_ptr<Pool> pool_;
  const std::int64_t id_;
  base::Sha256Stream digest_;
  std::uint64_t size_bytes_ = 0, chunks_ = 0;
  base::Bytes chunk_;
};

class PostgresArtifacts final : public ArtifactStore {
 public:
  explicit PostgresArtifacts(const PostgresOptions& options)
      : pool_(std::make_shared<Pool>(options)) {}

  base::Status remove_old() {
    ZKP_CHECK(pool_->use([](Connection& c) { return c.query(kRemoveOld); }));
    return {};
  }

  base::Result<std::unique_ptr<Upload>> begin() override {
    ZKP_TRY(const Rows rows, pool_->use([](Connection& c) { return c.query(kBegin); }));
    return std::unique_ptr<Upload>(std::make_unique<PostgresUpload>(pool_, rows.number(0, 0)));
  }

  base::Result<std::uint64_t> size_bytes(const std::string& digest) override {
    ZKP_TRY(const Artifact artifact, find(digest));
    return artifact.size_bytes;
  }

  base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                 std::size_t most) override {
    ZKP_TRY(const Artifact artifact, find(digest));
    offset = std::min(offset, artifact.size_bytes);
    const std::uint64_t end = offset + std::min<std::uint64_t>(most, artifact.size_bytes - offset);
    base::Bytes bytes;
    while (offset < end) {
      const std::uint64_t within = offset % artifact.chunk_bytes;
      const std::uint64_t count = std::min(end - offset, artifact.chunk_bytes - within);
      Params params;
      params.number(artifact.upload_id).count(offset / artifact.chunk_bytes);
      params.count(within + 1).count(count);  // the server counts from 1
      ZKP_TRY(const Rows rows, pool_->use([&](Connection& c) { return c.query(kRead, params); }));
      const base::Bytes piece = rows.empty() ? base::Bytes() : rows.bytes(0, 0);
      if (piece.size() != count) {
        return Error{ErrorCode::data_loss, fmt::format("artifact {}: want {} bytes at {}, got {}",
                                                       digest, count, offset, piece.size())};
      }
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      offset += count;
    }
    return bytes;
  }

 private:
  struct Artifact {
    std::int64_t upload_id;
    std::uint64_t size_bytes, chunk_bytes;
  };

  base::Result<Artifact> find(const std::string& digest) {
    Params params;
    params.text(digest);
    ZKP_TRY(const Rows rows, pool_->use([&](Connection& c) { return c.query(kFind, params); }));
    if (!rows.empty()) {
      return Artifact{rows.number(0, 0), rows.unsigned_number(0, 1), rows.unsigned_number(0, 2)};
    }
    return Error{ErrorCode::not_found, fmt::format("artifact {}: there is none", digest)};
  }

  std::shared_ptr<Pool> pool_;  // uploads hold it too
};

}  // namespace

base::Result<std::unique_ptr<ArtifactStore>> open_postgres_artifacts(
    const PostgresOptions& options) {
  ZKP_TRY(const std::unique_ptr<Connection> connection, Connection::open(options));
  ZKP_CHECK(postgres::migrate(*connection));
  auto artifacts = std::make_unique<PostgresArtifacts>(options);
  ZKP_CHECK(artifacts->remove_old());
  return std::unique_ptr<ArtifactStore>(std::move(artifacts));
}

}  // namespace zkp::network::store
