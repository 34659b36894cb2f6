#pragma once

#include <filesystem>
#include <memory>

#include "network/store/store.h"

namespace zkp::network::store {

// The store in one SQLite file, zkp.db, of a data folder, which is made if there is none. It holds
// the folder for this process. unavailable if another one does, failed_precondition if a newer
// program has written the file, data_loss if it is no database.
//
// One thread writes: it serves all waiting callers with one commit, synced to disk. Readers have
// connections of their own and wait for nobody.
[[nodiscard]] base::Result<std::unique_ptr<Store>> open_sqlite_store(
    const std::filesystem::path& folder);

}  // namespace zkp::network::store
