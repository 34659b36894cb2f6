#include "network/store/sqlite/migrations.h"

#include <fmt/format.h>

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;

base::Result<std::size_t> version_of(Connection& connection) {
  Query query(connection, "PRAGMA user_version");
  ZKP_CHECK(query.next());
  return static_cast<std::size_t>(query.count(0));
}

base::Status run_from(Connection& connection, std::size_t version) {
  for (const char* migration : migrations().subspan(version)) {
    ZKP_CHECK(connection.execute(migration));
  }
  return connection.execute(fmt::format("PRAGMA user_version = {}", migrations().size()).c_str());
}

}  // namespace

base::Status migrate(Connection& connection) {
  ZKP_CHECK(connection.execute("BEGIN IMMEDIATE"));
  const auto version = version_of(connection);
  base::Status status;
  if (!version) {
    status = version.error();
  } else if (*version > migrations().size()) {
    status = Error{ErrorCode::failed_precondition,
                   fmt::format("database: its schema has version {}, this program knows {}; use a "
                               "newer program",
                               *version, migrations().size())};
  } else if (*version < migrations().size()) {
    status = run_from(connection, *version);
  }
  if (status) status = connection.execute("COMMIT");
  if (!status && connection.in_transaction()) (void)connection.execute("ROLLBACK");
  return status;
}

base::Status check_version(Connection& connection) {
  ZKP_TRY(const std::size_t version, version_of(connection));
  if (version == migrations().size()) return {};
  return Error{
      ErrorCode::failed_precondition,
      fmt::format("database: want a schema of version {}, got {}", migrations().size(), version)};
}

}  // namespace zkp::network::store::sqlite
