#pragma once

#include "services/coordinator/coordinator.h"

namespace zkp::services::coordinator {

// `scheduler` is null where another node leads.
ClusterState describe_cluster(network::consensus::State raft,
                              const network::scheduler::Scheduler* scheduler);

}  // namespace zkp::services::coordinator
