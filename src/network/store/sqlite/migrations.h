#pragma once

#include <span>

#include "network/store/sqlite/connection.h"

// The steps from an empty file to the present schema: api/sql/sqlite/NNNN_*.sql, part of the
// program. They only go forward; a file knows how many it has behind it.
namespace zkp::network::store::sqlite {

// The texts of the steps, in order.
std::span<const char* const> migrations();

// Brings the file to the present schema, all steps or none. failed_precondition if a newer program
// has been there.
base::Status migrate(Connection& connection);

// failed_precondition unless the file has the present schema.
base::Status check_version(Connection& connection);

}  // namespace zkp::network::store::sqlite
