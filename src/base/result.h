#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.h"

namespace zkp::base {

// Why an operation did not succeed. Few on purpose: each is mapped once to HTTP and once to gRPC.
enum class ErrorCode {
  invalid_argument,     // the caller's input is wrong, and will be wrong again
  not_found,            // what was named does not exist
  conflict,             // the present state forbids it
  too_large,            // over a stated limit
  resource_exhausted,   // a bounded queue or budget is full; later may do
  unavailable,          // a part that is needed is away; later may do
  failed_precondition,  // a constraint system is not satisfied, a key is not fit for use
  permission_denied,
  deadline_exceeded,
  cancelled,
  data_loss,  // stored bytes are damaged
  internal,   // our fault
};

// The code's name as it stands in logs and answers: "invalid_argument".
const char* name_of(ErrorCode code);

// One place of a structured input that is wrong. `pointer` is a JSON pointer (RFC 6901).
struct ErrorDetail {
  std::string pointer;
  std::string detail;
};

// An expected failure. `message` says what was wanted and what came, for a person; it never holds a
// secret.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::vector<ErrorDetail> details = {};
};

// A T, or the Error that stood in its way. Reading the one that is not there is a bug, and asserts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    ZKP_ASSERT(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    ZKP_ASSERT(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    ZKP_ASSERT(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    ZKP_ASSERT(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    ZKP_ASSERT(!ok());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  const Error& error() const& {
    ZKP_ASSERT(!ok());
    return *error_;
  }
  Error&& error() && {
    ZKP_ASSERT(!ok());
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace zkp::base

#define ZKP_CONCAT_INNER(a, b) a##b
#define ZKP_CONCAT(a, b) ZKP_CONCAT_INNER(a, b)

// ZKP_TRY(auto value, expression): value of the Result, or return its Error from this function.
#define ZKP_TRY(declaration, expression) \
  ZKP_TRY_INNER(ZKP_CONCAT(zkp_result_, __LINE__), declaration, expression)
#define ZKP_TRY_INNER(result, declaration, expression) \
  auto result = (expression);                          \
  if (!result.ok()) return std::move(result).error();  \
  declaration = std::move(result).value()

// ZKP_CHECK(expression): return the Error of a Result whose value is not wanted.
#define ZKP_CHECK(expression)                                                                \
  do {                                                                                       \
    if (auto zkp_check = (expression); !zkp_check.ok()) return std::move(zkp_check).error(); \
  } while (false)
