#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "base/result.h"
#include "zkp/v1/administration.pb.h"

namespace zkp::network::rpc {

// Asks coordinators what they know, and the leader to do something. Any thread; calls block, no
// longer than the timeout. Each call opens connections of its own: a name may stand for another
// address by then, and at the old one another coordinator may answer.
class AdministrationClient {
 public:
  struct Options {
    std::vector<std::string> coordinators;  // HOST:PORT of the workers' protocol
    std::function<std::shared_ptr<grpc::Channel>(const std::string& address)> make_channel;
    std::chrono::milliseconds describe_timeout{1'000};
    std::chrono::milliseconds change_timeout{30'000};  // a new coordinator has to catch up
  };
  // REQUIRES: there is a coordinator.
  explicit AdministrationClient(const Options& options);

  // What each of them says, in the order of the options.
  [[nodiscard]] std::vector<base::Result<v1::ClusterDescription>> describe_each() const;
  // What the leader says. unavailable: no coordinator that answered leads; tells what they said.
  [[nodiscard]] base::Result<v1::ClusterDescription> describe() const;

  base::Status add_coordinator(const v1::CoordinatorAddress& coordinator) const;
  base::Status remove_coordinator(const std::string& id) const;
  base::Status transfer_leadership(const std::string& id) const;
  base::Status drain_worker(const std::string& id) const;

 private:
  template <class Call>
  base::Status ask_leader(Call call) const;
  [[nodiscard]] base::Result<std::string> find_leader() const;  // its address

  const Options options_;
};

// The one of these descriptions that tells most: the leader's, of the highest term. Null: none
// leads.
const v1::ClusterDescription* leaders_description(
    const std::vector<base::Result<v1::ClusterDescription>>& descriptions);

}  // namespace zkp::network::rpc
