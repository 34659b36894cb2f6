#include "services/gateway/remote_cluster.h"

#include <map>

namespace zkp::services::gateway {

ClusterState RemoteCluster::cluster() const { return merge_descriptions(client_.describe_each()); }

ClusterState merge_descriptions(
    const std::vector<base::Result<zkp::v1::ClusterDescription>>& descriptions) {
  std::map<std::string, std::string> roles;
  const zkp::v1::ClusterDescription* best = network::rpc::leaders_description(descriptions);
  for (const auto& description : descriptions) {
    if (!description.ok()) continue;
    roles[description->coordinator_id()] = description->role();
    if (best == nullptr) best = &*description;  // nobody leads: anybody's list of members
  }
  ClusterState state;
  if (best == nullptr) return state;
  if (best->role() == "leader") state.leader_id = best->coordinator_id();
  state.term = best->term();
  for (const auto& member : best->coordinators()) {
    const auto role = roles.find(member.id());
    state.coordinators.push_back({.id = member.id(),
                                  .address = member.worker_address(),
                                  .role = role == roles.end() ? "unreachable" : role->second});
  }
  for (const auto& worker : best->workers()) {
    state.workers.push_back({.id = worker.id(),
                             .version = worker.version(),
                             .kernels = worker.kernels(),
                             .state = worker.state().empty() ? "unknown" : worker.state(),
                             .slots = worker.slots(),
                             .used = worker.used()});
  }
  return state;
}

}  // namespace zkp::services::gateway
