#pragma once

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "base/result.h"
#include "zkp/v1/administration.pb.h"

// The coordinator's end of what gateways and operators ask.
namespace zkp::network::rpc {

// Calls come from gRPC's threads, several at a time: be quick.
class AdministrationHandler {
 public:
  // Called once, from any thread.
  using Done = std::function<void(base::Status)>;

  virtual ~AdministrationHandler() = default;
  virtual v1::ClusterDescription describe() = 0;
  // failed_precondition: another coordinator leads, and nothing was done. unavailable: not known.
  virtual void add_coordinator(const v1::CoordinatorAddress& coordinator, Done done) = 0;
  virtual void remove_coordinator(const std::string& id, Done done) = 0;
  virtual void transfer_leadership(const std::string& id, Done done) = 0;
  virtual void drain_worker(const std::string& id, Done done) = 0;
};

// To be registered with a server. REQUIRES: the handler outlives it.
std::unique_ptr<grpc::Service> serve_administration(AdministrationHandler& handler);

}  // namespace zkp::network::rpc
