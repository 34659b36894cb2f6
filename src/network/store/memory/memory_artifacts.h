#pragma once

#include <memory>

#include "network/store/artifact_store.h"

namespace zkp::network::store {

// Files in memory, gone with the process. For tests and trials.
[[nodiscard]] std::unique_ptr<ArtifactStore> make_memory_artifacts();

}  // namespace zkp::network::store
