#include "network/rpc/coordinator_link.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "network/rpc/status.h"
#include "zkp/v1/worker.grpc.pb.h"

namespace zkp::network::rpc {
namespace {

using Stub = v1::Coordinator::Stub;
using Clock = std::chrono::steady_clock;

// One stream, from its call to its end.
class ClientStream final : public grpc::ClientBidiReactor<v1::WorkerEvent, v1::Instruction> {
 public:
  // Gets each instruction; false ends the stream.
  using OnInstruction = std::function<bool(v1::Instruction)>;
  explicit ClientStream(OnInstruction on_instruction)
      : on_instruction_(std::move(on_instruction)) {}

  // Opens the stream with `hello`; what was sent before follows it.
  void start(Stub& stub, v1::Hello hello) {
    {
      const std::lock_guard lock(mutex_);
      v1::WorkerEvent first;
      *first.mutable_hello() = std::move(hello);
      queue_.push_front(std::move(first));
    }
    stub.async()->Work(&context_, this);
    AddHold();  // for writes that start outside of the reactions
    StartWrite(&queue_.front());
    StartRead(&instruction_);
    StartCall();
  }

  void send(v1::WorkerEvent event) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      queue_.push_back(std::move(event));
      if (writing_) return;
      writing_ = true;
    }
    StartWrite(&queue_.front());
  }

  void cancel() { context_.TryCancel(); }

  // Until the stream is over and nothing of it runs any more.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_; });
  }

  void OnReadDone(bool ok) override {
    if (ok && on_instruction_(std::move(instruction_))) {
      instruction_ = {};
      StartRead(&instruction_);
      return;
    }
    context_.TryCancel();
    end();
  }

  void OnWriteDone(bool ok) override {
    const v1::WorkerEvent* next = nullptr;
    bool release = false;
    {
      const std::lock_guard lock(mutex_);
      queue_.pop_front();
      if (!ok) queue_.clear();
      if (ok && !ended_ && !queue_.empty()) {
        next = &queue_.front();
      } else {
        writing_ = false;
        release = ended_;
      }
    }
    if (next != nullptr) StartWrite(next);
    if (release) RemoveHold();
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

 private:
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      if (writing_) return;  // OnWriteDone releases the hold
    }
    RemoveHold();
  }

  OnInstruction on_instruction_;
  grpc::ClientContext context_;
  v1::Instruction instruction_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::WorkerEvent> queue_;  // the front one is being written, if writing_
  bool writing_ = true;                // from the first moment: start() writes
  bool ended_ = false;                 // takes no more
  bool done_ = false;
  grpc::Status status_;
};

class GrpcLink final : public CoordinatorLink {
 public:
  GrpcLink(Options options, LinkHandler& handler)
      : options_(std::move(options)), handler_(handler) {
    ZKP_ASSERT(!options_.coordinators.empty() && options_.make_channel);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~GrpcLink() override { stop(); }

  void send(v1::WorkerEvent event) override {
    const std::lock_guard lock(mutex_);
    if (stream_ != nullptr) stream_->send(std::move(event));
  }

  void stop() override {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  base::Status fetch(const std::string& digest, std::uint64_t offset, const Sink& sink,
                     std::stop_token stop) override {
    ZKP_TRY(const auto stub, present_stub());
    grpc::ClientContext context;
    const std::stop_callback cancel(stop, [&] { context.TryCancel(); });
    v1::FetchRequest request;
    request.set_digest(digest);
    request.set_offset(offset);
    const auto reader = stub->Fetch(&context, request);
    v1::Chunk chunk;
    base::Status sunk;
    while (sunk.ok() && reader->Read(&chunk)) sunk = sink(base::as_bytes(chunk.data()));
    if (!sunk.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    if (!sunk.ok()) return sunk;
    if (!status.ok()) return from_grpc(status);
    return {};
  }

  base::Result<std::string> publish(base::ByteView file, std::stop_token stop) override {
    ZKP_TRY(const auto stub, present_stub());
    grpc::ClientContext context;
    const std::stop_callback cancel(stop, [&] { context.TryCancel(); });
    v1::PublishReply reply;
    const auto writer = stub->Publish(&context, &reply);
    v1::Chunk chunk;
    chunk.set_total_bytes(file.size());
    bool open = true;
    for (std::size_t offset = 0; open && offset < file.size(); offset += kChunkBytes) {
      const auto piece = file.subspan(offset, std::min(kChunkBytes, file.size() - offset));
      chunk.set_data(piece.data(), piece.size());
      open = writer->Write(chunk);
      chunk.clear_total_bytes();
    }
    writer->WritesDone();
    if (const grpc::Status status = writer->Finish(); !status.ok()) return from_grpc(status);
    return reply.digest();
  }

 private:
  base::Result<std::shared_ptr<Stub>> present_stub() {
    const std::lock_guard lock(mutex_);
    if (stub_ == nullptr) {
      return base::Error{base::ErrorCode::unavailable, "no coordinator is connected"};
    }
    return stub_;
  }

  void run(const std::stop_token& stop) {
    auto left_at = Clock::now();  // by the last leader
    std::size_t next = 0;
    while (!stop.stop_requested()) {
      std::string address;
      {
        const std::lock_guard lock(mutex_);
        welcomed_ = false;
        address = std::exchange(redirect_, {});
      }
      const bool redirected = !address.empty();
      if (!redirected) address = options_.coordinators[next++ % options_.coordinators.size()];
      run_stream(address, stop);

      std::unique_lock lock(mutex_);
      if (welcomed_) left_at = Clock::now();
      if (!redirect_.empty() && !redirected) continue;  // follow the first one at once
      const auto without_leader =
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - left_at);
      changed_.wait_for(lock, stop, options_.back_off(without_leader), [] { return false; });
    }
  }

  // One connection, from the call to its end.
  void run_stream(const std::string& address, const std::stop_token& stop) {
    const std::shared_ptr<Stub> stub = v1::Coordinator::NewStub(options_.make_channel(address));
    ClientStream stream(
        [this](v1::Instruction instruction) { return on_instruction(std::move(instruction)); });
    {
      const std::lock_guard lock(mutex_);
      stream_ = &stream;
      stub_ = stub;
    }
    stream.start(*stub, handler_.hello());
    {
      const std::stop_callback cancel(stop, [&] { stream.cancel(); });
      stream.wait();
    }
    {
      const std::lock_guard lock(mutex_);
      stream_ = nullptr;
      stub_ = nullptr;
    }
    handler_.on_disconnected();
  }

  bool on_instruction(v1::Instruction instruction) {
    {
      const std::lock_guard lock(mutex_);
      if (instruction.has_welcome()) welcomed_ = true;
      if (instruction.has_redirect()) {
        redirect_ = instruction.redirect().leader_address();
        return false;
      }
    }
    handler_.on_instruction(std::move(instruction));
    return true;
  }

  const Options options_;
  LinkHandler& handler_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  ClientStream* stream_ = nullptr;
  std::shared_ptr<Stub> stub_;
  std::string redirect_;
  bool welcomed_ = false;
  std::jthread thread_;
};

}  // namespace

std::chrono::milliseconds CoordinatorLink::Options::back_off(
    std::chrono::milliseconds without_leader) const {
  return std::clamp(without_leader / 8, least_back_off, most_back_off);
}

std::unique_ptr<CoordinatorLink> CoordinatorLink::start(Options options, LinkHandler& handler) {
  return std::make_unique<GrpcLink>(std::move(options), handler);
}

}  // namespace zkp::network::rpc
