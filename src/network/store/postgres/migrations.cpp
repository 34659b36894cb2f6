#include "network/store/postgres/migrations.h"

#include <fmt/format.h>

namespace zkp::network::store::postgres {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::seconds kTimeout{60};

// The lock's first number is the store's, see 0002_transitions.sql.
constexpr const char* kBegin =
    "BEGIN; SET LOCAL statement_timeout = '55s'; SET LOCAL lock_timeout = '55s'; "
    "SELECT pg_advisory_xact_lock(7201, 0)";
constexpr const char* kCreateVersion =
    "CREATE TABLE IF NOT EXISTS schema_version (only_row boolean PRIMARY KEY DEFAULT true CHECK "
    "(only_row), version bigint NOT NULL); "
    "INSERT INTO schema_version (version) VALUES (0) ON CONFLICT DO NOTHING";

constexpr Statement kHasVersion{"has_version", "SELECT to_regclass('schema_version') IS NOT NULL"};
// The column least_known is made by the first step that needs it.
constexpr Statement kVersion{"version",
                             "SELECT version, coalesce((to_jsonb(s) ->> 'least_known')::bigint, 0) "
                             "FROM schema_version AS s"};
constexpr Statement kSetVersion{"set_version", "UPDATE schema_version SET version = $1"};

struct Schema {
  std::size_t version = 0;      // the steps that it has behind it
  std::size_t least_known = 0;  // those that a program must know in order to use it
};

base::Result<Schema> schema_of(Connection& connection) {
  ZKP_TRY(const Rows has_version, connection.query(kHasVersion));
  if (!has_version.flag(0, 0)) return Schema{};
  ZKP_TRY(const Rows rows, connection.query(kVersion));
  if (rows.empty()) return Error{ErrorCode::data_loss, "database: schema_version has no row"};
  return Schema{static_cast<std::size_t>(rows.unsigned_number(0, 0)),
                static_cast<std::size_t>(rows.unsigned_number(0, 1))};
}

base::Status refuse_newer(const Schema& schema) {
  if (schema.least_known <= migrations().size()) return {};
  return Error{ErrorCode::failed_precondition,
               fmt::format("database: its schema has version {} and wants programs that know {}, "
                           "this one knows {}; use a newer program",
                           schema.version, schema.least_known, migrations().size())};
}

// Within a transaction, alone. Making the table comes first: whether it exists, a session may
// remember from before others made it.
base::Status run_missing(Connection& connection) {
  ZKP_CHECK(connection.script(kCreateVersion, kTimeout));
  ZKP_TRY(const Schema schema, schema_of(connection));
  if (schema.version >= migrations().size()) return refuse_newer(schema);
  for (const char* migration : migrations().subspan(schema.version)) {
    ZKP_CHECK(connection.script(migration, kTimeout));
  }
  ZKP_CHECK(connection.query(kSetVersion, Params().count(migrations().size())));
  return {};
}

}  // namespace

base::Status migrate(Connection& connection) {
  ZKP_TRY(const Schema schema, schema_of(connection));
  if (schema.version >= migrations().size()) return refuse_newer(schema);
  base::Status status = connection.script(kBegin, kTimeout);
  if (status) status = run_missing(connection);
  if (status) {
    status = connection.script("COMMIT", kTimeout);
  } else {
    (void)connection.script("ROLLBACK", kTimeout);
  }
  return status;
}

base::Status check_version(Connection& connection) {
  ZKP_TRY(const Schema schema, schema_of(connection));
  if (schema.version >= migrations().size()) return refuse_newer(schema);
  return Error{ErrorCode::failed_precondition,
               fmt::format("database: want a schema of version {}, got {}", migrations().size(),
                           schema.version)};
}

}  // namespace zkp::network::store::postgres
