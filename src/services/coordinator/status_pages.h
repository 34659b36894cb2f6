#pragma once

#include <string>

#include "network/store/store.h"
#include "services/coordinator/coordinator.h"
#include "services/status/status_server.h"

// What a coordinator's own HTTP shows.
namespace zkp::services::coordinator {

// Ready: the store answers, and there is a leader.
// REQUIRES: coordinator and store outlive the pages.
status::Pages status_pages(const Coordinator& coordinator, network::store::Store& store,
                           const std::string& version);

std::string health_json(const ClusterState& state, const std::string& version);
std::string metrics_text(const ClusterState& state);

}  // namespace zkp::services::coordinator
