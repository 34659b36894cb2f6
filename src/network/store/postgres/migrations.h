#pragma once

#include <span>

#include "network/store/postgres/connection.h"

// The steps from an empty database to the present schema: api/sql/postgres/NNNN_*.sql, part of the
// program. They only go forward; a database knows how many it has behind it.
//
// Programs of two neighbouring versions share a database, so a step adds: a table, a column with a
// default, an index, a function's new version that takes the old calls. One that takes away what no
// program uses any more sets schema_version.least_known to the number of the step after which
// programs did not use it; those that know fewer steps then refuse the database.
namespace zkp::network::store::postgres {

// The texts of the steps, in order.
std::span<const char* const> migrations();

// Brings the database to the present schema, all steps or none; services that start at once wait
// for the first. Does nothing to a newer one; failed_precondition if this program is too old for
// it.
base::Status migrate(Connection& connection);

// failed_precondition unless the database has the present schema, or a newer one that this program
// can use.
base::Status check_version(Connection& connection);

}  // namespace zkp::network::store::postgres
