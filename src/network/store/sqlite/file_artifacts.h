#pragma once

#include <filesystem>
#include <memory>

#include "network/store/artifact_store.h"

namespace zkp::network::store {

// Files in a folder, which is made if there is none, each named by its digest. What an interrupted
// upload left behind is removed here. REQUIRES: no other process uses the folder.
[[nodiscard]] base::Result<std::unique_ptr<ArtifactStore>> open_file_artifacts(
    const std::filesystem::path& folder);

}  // namespace zkp::network::store
