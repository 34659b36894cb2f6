#pragma once

#include <span>

#include "network/store/postgres/connection.h"

// The steps from an empty database to the present schema: api/sql/postgres/NNNN_*.sql, part of the
// program. They only go forward; a database knows how many it has behind it.
namespace zkp::network::store::postgres {

// The texts of the steps, in order.
std::span<const char* const> migrations();

// Brings the database to the present schema, all steps or none; services that start at once wait
// for the first. failed_precondition if a newer program has been there.
base::Status migrate(Connection& connection);

// failed_precondition unless the database has the present schema.
base::Status check_version(Connection& connection);

}  // namespace zkp::network::store::postgres
