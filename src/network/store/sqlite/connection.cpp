#include "network/store/sqlite/connection.h"

#include <fmt/format.h>

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::data_loss;
    case SQLITE_FULL:
      return ErrorCode::resource_exhausted;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::internal;
  }
}

// synchronous=FULL: a commit is on disk before it is acknowledged. secure_delete: what is erased is
// overwritten. journal_size_limit: a log that starts again leaves nothing behind its end.
constexpr const char* kWriterSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 0; PRAGMA trusted_schema = OFF;";
constexpr const char* kReaderSettings = "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;";
constexpr int kBusyTimeoutMs = 5000;

}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file,
                                                           Mode mode) {
  const bool writes = mode == Mode::write;
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) {
    return Error{code_of(code),
                 fmt::format("database {}: {}", file.native(), sqlite3_errstr(code))};
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  ZKP_CHECK(connection->execute(writes ? kWriterSettings : kReaderSettings));
  return connection;
}

base::Status Connection::execute(const char* sql) {
  if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return last_error();
}

base::Status Connection::empty_log() {
  sqlite3_busy_timeout(handle(), 0);
  const int code =
      sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  base::Status status;
  if (code != SQLITE_OK) status = last_error();
  sqlite3_busy_timeout(handle(), kBusyTimeoutMs);
  return status;
}

Error Connection::last_error() const {
  return {code_of(sqlite3_errcode(handle())),
          fmt::format("database: {}", sqlite3_errmsg(handle()))};
}

Query::Query(Connection& connection, std::string_view sql) : connection_(connection) {
  auto& prepared = connection.statements_[sql];
  if (!prepared) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    prepared.reset(statement);
  }
  statement_ = prepared.get();
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::check(int code) {
  if (code != SQLITE_OK && !error_) error_ = connection_.last_error();
}

Query& Query::bind(std::string_view text) {
  // A null pointer would be NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  check(sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}
Query& Query::bind(base::ByteView bytes) {
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  check(sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_STATIC));
  return *this;
}
Query& Query::bind(std::int64_t number) {
  check(sqlite3_bind_int64(statement_, ++bound_, number));
  return *this;
}
Query& Query::bind(double number) {
  check(sqlite3_bind_double(statement_, ++bound_, number));
  return *this;
}
Query& Query::bind_null() {
  check(sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

base::Result<bool> Query::next() {
  if (!error_) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    error_ = connection_.last_error();
  }
  return *error_;
}

base::Status Query::run() {
  while (true) {
    ZKP_TRY(const bool row, next());
    if (!row) return {};
  }
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::string Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
base::Bytes Query::bytes(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, data + sqlite3_column_bytes(statement_, column)};
}
std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }
std::uint64_t Query::count(int column) const { return static_cast<std::uint64_t>(number(column)); }
double Query::real(int column) const { return sqlite3_column_double(statement_, column); }
base::Time Query::time(int column) const { return base::from_unix_ms(number(column)); }
std::optional<base::Time> Query::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

}  // namespace zkp::network::store::sqlite
