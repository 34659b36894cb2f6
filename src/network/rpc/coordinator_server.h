#pragma once

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "base/result.h"
#include "network/rpc/administration.h"
#include "network/store/artifact_store.h"
#include "zkp/v1/worker.pb.h"

// The coordinator's end of the workers' protocol: gRPC turned into sessions and messages.
namespace zkp::network::rpc {

// One connected worker.
class Session {
 public:
  virtual ~Session() = default;
  // Queues an instruction; never blocks. Dropped if the stream has ended (on_closed tells). A
  // worker that does not read is cut off when the queue is full.
  virtual void send(v1::Instruction instruction) = 0;
  // Ends the stream after what is queued.
  virtual void close() = 0;
  [[nodiscard]] virtual std::string peer() const = 0;
};

// What happens to sessions. Calls for one session come one at a time and in order; different
// sessions call at the same time, from gRPC's threads: be quick.
class SessionHandler {
 public:
  virtual ~SessionHandler() = default;
  virtual void on_event(const std::shared_ptr<Session>& session, v1::WorkerEvent event) = 0;
  virtual void on_closed(const std::shared_ptr<Session>& session) = 0;
};

// Serves workers, gateways and operators.
class CoordinatorServer {
 public:
  struct Options {
    std::string listen;  // "127.0.0.1:9090"; empty: only the in-process channel
  };
  // REQUIRES: all of them outlive the server.
  struct Ports {
    SessionHandler& sessions;
    AdministrationHandler& administration;
    store::ArtifactStore& artifacts;
  };
  static base::Result<std::unique_ptr<CoordinatorServer>> start(const Options& options,
                                                                const Ports& ports);
  virtual ~CoordinatorServer() = default;
  // That was bound; 0 if there is only the in-process channel.
  [[nodiscard]] virtual int port() const = 0;
  // A channel to this server that does not leave the process.
  [[nodiscard]] virtual std::shared_ptr<grpc::Channel> in_process_channel() = 0;
  // Ends every stream; on_closed has been called for each of them when this returns.
  virtual void stop() = 0;
};

}  // namespace zkp::network::rpc
