#pragma once

#include <memory>

#include "network/store/postgres/postgres_options.h"
#include "network/store/store.h"

namespace zkp::network::store {

// The store in a PostgreSQL database (14 or newer), shared by any number of processes. Brings the
// database to the present schema. unavailable if no server answers, failed_precondition if a newer
// program has been there.
//
// One thread writes: it serves all waiting callers with one commit. Readers have connections of
// their own, a thread more brings hints. While the server is away calls answer `unavailable`, soon,
// and connect again by themselves; what became of a call that was under way is then unknown.
[[nodiscard]] base::Result<std::unique_ptr<Store>> open_postgres_store(
    const PostgresOptions& options);

}  // namespace zkp::network::store
