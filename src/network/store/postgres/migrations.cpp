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
constexpr Statement kVersion{"version", "SELECT version FROM schema_version"};
constexpr Statement kSetVersion{"set_version", "UPDATE schema_version SET version = $1"};

base::Result<std::size_t> version_of(Connection& connection) {
  ZKP_TRY(const Rows has_version, connection.query(kHasVersion));
  if (!has_version.flag(0, 0)) return std::size_t{0};
  ZKP_TRY(const Rows rows, connection.query(kVersion));
  if (rows.empty()) return Error{ErrorCode::data_loss, "database: schema_version has no row"};
  return static_cast<std::size_t>(rows.unsigned_number(0, 0));
}

base::Status refuse_newer(std::size_t version) {
  if (version <= migrations().size()) return {};
  return Error{ErrorCode::failed_precondition,
               fmt::format("database: its schema has version {}, this program knows {}; use a "
                           "newer program",
                           version, migrations().size())};
}

// Within a transaction, alone. Making the table comes first: whether it exists, a session may
// remember from before others made it.
base::Status run_missing(Connection& connection) {
  ZKP_CHECK(connection.script(kCreateVersion, kTimeout));
  ZKP_TRY(const std::size_t version, version_of(connection));
  ZKP_CHECK(refuse_newer(version));
  for (const char* migration : migrations().subspan(version)) {
    ZKP_CHECK(connection.script(migration, kTimeout));
  }
  ZKP_CHECK(connection.query(kSetVersion, Params().count(migrations().size())));
  return {};
}

}  // namespace

base::Status migrate(Connection& connection) {
  ZKP_TRY(const std::size_t version, version_of(connection));
  ZKP_CHECK(refuse_newer(version));
  if (version == migrations().size()) return {};
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
  ZKP_TRY(const std::size_t version, version_of(connection));
  if (version == migrations().size()) return {};
  return Error{
      ErrorCode::failed_precondition,
      fmt::format("database: want a schema of version {}, got {}", migrations().size(), version)};
}

}  // namespace zkp::network::store::postgres
