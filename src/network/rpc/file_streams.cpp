#include "network/rpc/file_streams.h"

#include <utility>

#include "network/rpc/status.h"

namespace zkp::network::rpc {
namespace {

class FetchReactor final : public grpc::ServerWriteReactor<v1::Chunk> {
 public:
  FetchReactor(const v1::FetchRequest& request, store::ArtifactStore& artifacts)
      : artifacts_(artifacts), digest_(request.digest()), offset_(request.offset()) {
    const auto size = artifacts_.size_bytes(digest_);
    if (!size.ok()) {
      Finish(to_grpc(size.error()));
      return;
    }
    chunk_.set_total_bytes(size.value());
    send_next();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::CANCELLED);
      return;
    }
    chunk_.clear_total_bytes();
    send_next();
  }
  void OnDone() override { delete this; }

 private:
  void send_next() {
    const auto piece = artifacts_.read(digest_, offset_, kChunkBytes);
    if (!piece.ok()) {
      Finish(to_grpc(piece.error()));
      return;
    }
    if (piece->empty()) {
      Finish(grpc::Status::OK);
      return;
    }
    offset_ += piece->size();
    chunk_.set_data(piece->data(), piece->size());
    StartWrite(&chunk_);
  }

  store::ArtifactStore& artifacts_;
  const std::string digest_;
  std::uint64_t offset_;
  v1::Chunk chunk_;
};

class PublishReactor final : public grpc::ServerReadReactor<v1::Chunk> {
 public:
  PublishReactor(v1::PublishReply& reply, store::ArtifactStore& artifacts) : reply_(reply) {
    auto upload = artifacts.begin();
    if (!upload.ok()) {
      Finish(to_grpc(upload.error()));
      return;
    }
    upload_ = std::move(upload).value();
    StartRead(&chunk_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      finish();
      return;
    }
    if (const auto status = upload_->append(base::as_bytes(chunk_.data())); !status.ok()) {
      Finish(to_grpc(status.error()));
      return;
    }
    received_ += chunk_.data().size();
    if (chunk_.total_bytes() != 0) announced_ = chunk_.total_bytes();
    StartRead(&chunk_);
  }
  void OnDone() override { delete this; }

 private:
  // A broken stream looks like a finished one; the announced size tells them apart.
  void finish() {
    if (received_ != announced_) {
      Finish({grpc::StatusCode::DATA_LOSS, "publish: " + std::to_string(received_) +
                                               " bytes came, " + std::to_string(announced_) +
                                               " were announced"});
      return;
    }
    auto digest = upload_->finish();
    if (!digest.ok()) {
      Finish(to_grpc(digest.error()));
      return;
    }
    reply_.set_digest(std::move(digest).value());
    Finish(grpc::Status::OK);
  }

  v1::PublishReply& reply_;
  std::unique_ptr<store::ArtifactStore::Upload> upload_;
  v1::Chunk chunk_;
  std::uint64_t received_ = 0, announced_ = 0;
};

}  // namespace

grpc::ServerWriteReactor<v1::Chunk>* serve_fetch(const v1::FetchRequest& request,
                                                 store::ArtifactStore& artifacts) {
  return new FetchReactor(request, artifacts);
}

grpc::ServerReadReactor<v1::Chunk>* serve_publish(v1::PublishReply& reply,
                                                  store::ArtifactStore& artifacts) {
  return new PublishReactor(reply, artifacts);
}

}  // namespace zkp::network::rpc
