#include "network/rpc/coordinator_server.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include <fmt/format.h>

#include "network/rpc/channel.h"
#include "network/rpc/file_streams.h"
#include "network/rpc/status.h"
#include "zkp/v1/worker.grpc.pb.h"

namespace zkp::network::rpc {
namespace {

constexpr std::size_t kMostQueued = 1024;

// How many streams are open, so that stop() can wait for the last one.
class OpenStreams {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    --count_;
    changed_.notify_all();
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
};

// A Work stream. Owns itself, by self_, until gRPC is done with it; sessions that others keep
// longer only drop what they are given.
class Stream final : public Session,
                     public grpc::ServerBidiReactor<v1::WorkerEvent, v1::Instruction>,
                     public std::enable_shared_from_this<Stream> {
 public:
  static Stream* open(grpc::CallbackServerContext& context, SessionHandler& handler,
                      OpenStreams& streams) {
    auto stream = std::make_shared<Stream>(context, handler, streams);
    stream->self_ = stream;
    stream->StartRead(&stream->event_);
    return stream.get();
  }

  Stream(grpc::CallbackServerContext& context, SessionHandler& handler, OpenStreams& streams)
      : context_(&context), handler_(handler), streams_(streams), peer_(context.peer()) {
    streams_.add();
  }

  void send(v1::Instruction instruction) override {
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      if (queue_.size() >= kMostQueued) {
        closing_ = true;
        context_->TryCancel();
        return;
      }
      queue_.push_back(std::move(instruction));
      if (writing_) return;
      writing_ = true;
    }
    StartWrite(&queue_.front());
  }

  void close() override { finish(); }
  [[nodiscard]] std::string peer() const override { return peer_; }

  void OnReadDone(bool ok) override {
    if (!ok) {
      finish();
      return;
    }
    handler_.on_event(self_, std::move(event_));
    event_ = {};
    StartRead(&event_);
  }

  void OnWriteDone(bool ok) override {
    const v1::Instruction* next = nullptr;
    {
      const std::lock_guard lock(mutex_);
      queue_.pop_front();
      if (!ok) {
        closing_ = true;
        queue_.clear();
      }
      if (!queue_.empty()) {
        next = &queue_.front();
      } else {
        writing_ = false;
        if (!closing_ || finished_) return;
        finished_ = true;
      }
    }
    if (next != nullptr) {
      StartWrite(next);
    } else {
      Finish(grpc::Status::OK);
    }
  }

  void OnDone() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      context_ = nullptr;
    }
    handler_.on_closed(self_);
    OpenStreams& streams = streams_;
    self_.reset();
    streams.remove();
  }

 private:
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      if (writing_ || finished_) return;  // OnWriteDone goes on
      finished_ = true;
    }
    Finish(grpc::Status::OK);
  }

  grpc::CallbackServerContext* context_;
  SessionHandler& handler_;
  OpenStreams& streams_;
  const std::string peer_;
  std::shared_ptr<Stream> self_;
  v1::WorkerEvent event_;

  std::mutex mutex_;
  std::deque<v1::Instruction> queue_;  // the front one is being written, if writing_
  bool writing_ = false;
  bool closing_ = false;   // takes no more
  bool finished_ = false;  // Finish was called
};

class Service final : public v1::Coordinator::CallbackService {
 public:
  Service(SessionHandler& handler, store::ArtifactStore& artifacts)
      : handler_(handler), artifacts_(artifacts) {}

  grpc::ServerBidiReactor<v1::WorkerEvent, v1::Instruction>* Work(
      grpc::CallbackServerContext* context) override {
    return Stream::open(*context, handler_, streams_);
  }
  grpc::ServerWriteReactor<v1::Chunk>* Fetch(grpc::CallbackServerContext*,
                                             const v1::FetchRequest* request) override {
    return serve_fetch(*request, artifacts_);
  }
  grpc::ServerReadReactor<v1::Chunk>* Publish(grpc::CallbackServerContext*,
                                              v1::PublishReply* reply) override {
    return serve_publish(*reply, artifacts_);
  }
  void wait_for_streams() { streams_.wait_for_none(); }

 private:
  SessionHandler& handler_;
  store::ArtifactStore& artifacts_;
  OpenStreams streams_;
};

class GrpcServer final : public CoordinatorServer {
 public:
  explicit GrpcServer(const Ports& ports)
      : service_(ports.sessions, ports.artifacts),
        administration_(serve_administration(ports.administration)) {}
  ~GrpcServer() override { stop(); }

  base::Status listen(const std::string& address) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMostMessageBytes);
    builder.RegisterService(&service_);
    builder.RegisterService(administration_.get());
    // A port that another process listens on is taken, and not shared.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    allow_pings(builder);
    if (!address.empty()) {
      builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    }
    server_ = builder.BuildAndStart();
    if (!server_ || (!address.empty() && port_ == 0)) {
      return base::Error{base::ErrorCode::unavailable,
                         fmt::format("cannot listen for workers on '{}'", address)};
    }
    return {};
  }

  [[nodiscard]] int port() const override { return port_; }

  std::shared_ptr<grpc::Channel> in_process_channel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMostMessageBytes);
    return server_->InProcessChannel(arguments);
  }

  void stop() override {
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::now());
    service_.wait_for_streams();
    server_->Wait();
    server_.reset();
  }

 private:
  Service service_;
  std::unique_ptr<grpc::Service> administration_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<CoordinatorServer>> CoordinatorServer::start(const Options& options,
                                                                          const Ports& ports) {
  auto server = std::make_unique<GrpcServer>(ports);
  ZKP_CHECK(server->listen(options.listen));
  return std::unique_ptr<CoordinatorServer>(std::move(server));
}

}  // namespace zkp::network::rpc
