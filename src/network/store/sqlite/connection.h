#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

// SQLite as the store uses it: errors as Result, statements prepared once, values always bound.
namespace zkp::network::store::sqlite {

// One connection to a database file. One thread at a time.
class Connection {
 public:
  enum class Mode { write, read };
  // A `write` connection makes the file if there is none.
  static base::Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                        Mode mode);

  // Statements without values; several, separated by ';'.
  base::Status execute(const char* sql);
  // False if an error made SQLite give up the whole transaction.
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
  // Rows that the last INSERT, UPDATE or DELETE changed, not counting triggers.
  [[nodiscard]] bool changed() const { return sqlite3_changes64(handle()) != 0; }
  // Moves everything from the log into the database file and empties the log. unavailable if a
  // reader is in the way.
  base::Status empty_log();

  // What SQLite says of its last failure.
  [[nodiscard]] base::Error last_error() const;

 private:
  friend class Query;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  explicit Connection(sqlite3* handle) : handle_(handle) {}
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

// One run of a statement: bind its values in the order of its question marks, then next() for each
// row, or run(). The first error stands until next() or run() returns it.
class Query {
 public:
  // REQUIRES: `sql` lives as long as the connection (a literal).
  Query(Connection& connection, std::string_view sql);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Texts and bytes are not copied: they must outlive the query.
  Query& bind(std::string_view text);
  Query& bind(const std::string& text) { return bind(std::string_view(text)); }
  Query& bind(const char* text) { return bind(std::string_view(text)); }
  Query& bind(std::string&&) = delete;
  Query& bind(base::ByteView bytes);
  Query& bind(std::int64_t number);
  Query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  Query& bind(int number) { return bind(std::int64_t{number}); }
  Query& bind(double number);
  Query& bind(base::Time time) { return bind(base::to_unix_ms(time)); }
  Query& bind(std::optional<base::Time> time) { return time ? bind(*time) : bind_null(); }
  Query& bind_null();

  // True: there is a row, whose columns may be read.
  base::Result<bool> next();
  // All rows, unread.
  base::Status run();

  // Columns of the present row, from 0.
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] base::Bytes bytes(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::uint64_t count(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] base::Time time(int column) const;
  [[nodiscard]] std::optional<base::Time> optional_time(int column) const;

 private:
  void check(int code);

  Connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace zkp::network::store::sqlite
