#pragma once

#include "services/coordinator/coordinator.h"

namespace zkp::services::coordinator {

// `scheduler` is null where another node leads.
ClusterState describe_cluster(const network::consensus::Consensus& consensus,
                              const network::scheduler::Scheduler* scheduler);

v1::ClusterDescription write_description(const ClusterState& state);

// What the scheduler keeps of workers is agreed on as records of the consensus.
network::scheduler::WorkerRecords read_records(const network::consensus::Agreement& agreement);
// The changes that make the agreement's records those of the scheduler.
std::vector<network::consensus::Command> changes_of(
    const network::consensus::Agreement& agreement,
    const network::scheduler::WorkerRecords& records);

}  // namespace zkp::services::coordinator
