#pragma once

#include "network/rpc/administration_client.h"
#include "services/gateway/cluster_view.h"

namespace zkp::services::gateway {

// The cluster as its coordinators tell it, asked for at each call.
class RemoteCluster final : public ClusterView {
 public:
  explicit RemoteCluster(const network::rpc::AdministrationClient::Options& options)
      : client_(options) {}

  [[nodiscard]] ClusterState cluster() const override;

 private:
  network::rpc::AdministrationClient client_;
};

// What the coordinators said, brought together: the leader's description, and of each coordinator
// its own word about its role; "unreachable" if there is none.
ClusterState merge_descriptions(
    const std::vector<base::Result<zkp::v1::ClusterDescription>>& descriptions);

}  // namespace zkp::services::gateway
