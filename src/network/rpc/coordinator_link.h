#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "base/bytes.h"
#include "base/result.h"
#include "zkp/v1/worker.pb.h"

// The worker's end of the protocol: keeps one Work stream to the leader, over any number of leaders
// and reconnects, and moves files.
namespace zkp::network::rpc {

// Calls come one at a time, from a thread of the link's: be quick.
class LinkHandler {
 public:
  virtual ~LinkHandler() = default;
  // A stream is about to open: what to say first.
  virtual v1::Hello hello() = 0;
  virtual void on_instruction(v1::Instruction instruction) = 0;  // all but Redirect
  virtual void on_disconnected() = 0;
};

class CoordinatorLink {
 public:
  // How to reach a coordinator: an in-process channel, or one to an address.
  using ChannelFactory = std::function<std::shared_ptr<grpc::Channel>(const std::string& address)>;
  struct Options {
    std::vector<std::string> coordinators;  // addresses, tried in turn; a Redirect goes first
    ChannelFactory make_channel;
    std::chrono::milliseconds least_back_off{50}, most_back_off{2000};
    // The wait before the next try, after so long without a leader: an eighth of that time, between
    // the two. Doubling it would let a worker that just missed the new leader come as late again as
    // the election took.
    [[nodiscard]] std::chrono::milliseconds back_off(
        std::chrono::milliseconds without_leader) const;
  };
  // REQUIRES: the handler outlives the link.
  static std::unique_ptr<CoordinatorLink> start(Options options, LinkHandler& handler);
  virtual ~CoordinatorLink() = default;  // stops

  // Queues an event for the present stream, in order and behind its Hello; dropped if there is
  // none. So: what happens after hello() was called is sent or told by the next hello(). Any
  // thread; never blocks.
  virtual void send(v1::WorkerEvent event) = 0;

  // A file by its digest, in pieces from `offset`; `sink` may refuse, which ends it with its error.
  // Blocks.
  using Sink = std::function<base::Status(base::ByteView piece)>;
  virtual base::Status fetch(const std::string& digest, std::uint64_t offset, const Sink& sink,
                             std::stop_token stop) = 0;
  // Brings a file; its digest. Blocks.
  virtual base::Result<std::string> publish(base::ByteView file, std::stop_token stop) = 0;

  // Ends the stream; no call to the handler is running or will come after this returns.
  virtual void stop() = 0;
};

}  // namespace zkp::network::rpc
