#pragma once

#include <string>

#include "services/status/status_server.h"
#include "services/worker/worker.h"

// What a worker's own HTTP shows.
namespace zkp::services::worker {

// Ready: a leader has welcomed it. REQUIRES: the worker outlives the pages.
status::Pages status_pages(const Worker& worker);

std::string health_json(const WorkerState& state);
std::string metrics_text(const WorkerState& state);

}  // namespace zkp::services::worker
