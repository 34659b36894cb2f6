#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "base/bytes.h"
#include "base/time.h"
#include "network/task/ids.h"

// Values on their way to the server and back.
namespace zkp::network::store::postgres {

// What a statement is run with, in the order of its $1, $2, ... Owns the values, since the call
// that gave them may be gone before they are sent.
class Params {
 public:
  Params& text(std::string_view text);
  Params& text_or_null(std::string_view text);  // NULL if it is empty
  Params& bytes(base::ByteView bytes);
  Params& id(const task::TaskId& id);
  Params& number(std::int64_t number);
  Params& count(std::uint64_t number);  // those that no bigint holds become the greatest one
  Params& time(base::Time time);
  Params& time(std::optional<base::Time> time) { return time ? this->time(*time) : null(); }
  Params& null();
  // Arrays.
  Params& ids(const std::vector<task::TaskId>& ids);
  Params& counts(const std::vector<std::uint64_t>& numbers);
  Params& reals(const std::vector<double>& numbers);

  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

 private:
  friend class Connection;
  struct Value {
    std::string bytes;
    bool is_null, binary;
  };
  Params& add(std::string bytes, bool binary);

  std::vector<Value> values_;
  std::size_t size_bytes_ = 0;
};

// What a statement answered: rows of columns in the binary format, both from 0.
class Rows {
 public:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Handle = std::unique_ptr<PGresult, Clear>;
  explicit Rows(Handle result) : result_(std::move(result)) {}

  [[nodiscard]] int count() const { return PQntuples(result_.get()); }
  [[nodiscard]] bool empty() const { return count() == 0; }

  // The column must have the type: text for text() (and uuid::text), bytea for bytes(), bigint or
  // integer for number(), and so on. What is NULL is empty, or zero.
  [[nodiscard]] bool is_null(int row, int column) const;
  [[nodiscard]] std::string text(int row, int column) const;
  [[nodiscard]] base::Bytes bytes(int row, int column) const;
  [[nodiscard]] std::int64_t number(int row, int column) const;
  [[nodiscard]] std::uint64_t unsigned_number(int row, int column) const;
  [[nodiscard]] double real(int row, int column) const;
  [[nodiscard]] bool flag(int row, int column) const;
  [[nodiscard]] base::Time time(int row, int column) const;
  [[nodiscard]] std::optional<base::Time> optional_time(int row, int column) const;

 private:
  [[nodiscard]] base::ByteView view(int row, int column) const;

  Handle result_;
};

}  // namespace zkp::network::store::postgres
