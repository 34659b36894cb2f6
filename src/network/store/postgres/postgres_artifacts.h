#pragma once

#include <memory>

#include "network/store/artifact_store.h"
#include "network/store/postgres/postgres_options.h"

namespace zkp::network::store {

// Files in the database of open_postgres_store(), in pieces, so that neither side holds a whole one
// in memory. What an interrupted upload left behind is removed here after a day.
[[nodiscard]] base::Result<std::unique_ptr<ArtifactStore>> open_postgres_artifacts(
    const PostgresOptions& options);

}  // namespace zkp::network::store
