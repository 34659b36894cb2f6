#include "network/task/task.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace zkp::network::task {
namespace {

constexpr std::array kStatuses = {Status::pending,   Status::assigned, Status::running,
                                  Status::completed, Status::failed,   Status::cancelled};
constexpr std::array kFailureCodes = {
    FailureCode::invalid_input,     FailureCode::unsatisfied,        FailureCode::witness_error,
    FailureCode::deadline_exceeded, FailureCode::attempts_exhausted, FailureCode::out_of_memory,
    FailureCode::internal,
};

constexpr base::Duration kFirstBackOff = std::chrono::milliseconds(200);
constexpr base::Duration kMostBackOff = std::chrono::seconds(30);
constexpr base::Duration kRankPerPriority = std::chrono::minutes(1);

template <class Values>
auto value_of_name(const char* what, const Values& values, std::string_view text)
    -> base::Result<typename Values::value_type> {
  std::string names;
  for (const auto value : values) {
    if (name_of(value) == text) return value;
    names += names.empty() ? "" : ", ";
    names += name_of(value);
  }
  return base::Error{base::ErrorCode::invalid_argument, fmt::format("{}: want {}", what, names)};
}

}  // namespace

const char* name_of(Status status) {
  switch (status) {
    case Status::pending:
      return "pending";
    case Status::assigned:
      return "assigned";
    case Status::running:
      return "running";
    case Status::completed:
      return "completed";
    case Status::failed:
      return "failed";
    case Status::cancelled:
      return "cancelled";
  }
  ZKP_ASSERT(false);
}

base::Result<Status> parse_status(std::string_view text) {
  return value_of_name("status", kStatuses, text);
}

bool is_terminal(Status status) {
  return status == Status::completed || status == Status::failed || status == Status::cancelled;
}

bool may_follow(Status from, Status to) {
  if (is_terminal(from)) return false;
  if (is_terminal(to)) return true;  // a late proof completes even a task that waits again
  switch (to) {
    case Status::assigned:
      return from == Status::pending;
    case Status::running:
      return from == Status::assigned;
    default:
      return from != Status::pending;
  }
}

const char* name_of(FailureCode code) {
  switch (code) {
    case FailureCode::invalid_input:
      return "invalid_input";
    case FailureCode::unsatisfied:
      return "unsatisfied";
    case FailureCode::witness_error:
      return "witness_error";
    case FailureCode::deadline_exceeded:
      return "deadline_exceeded";
    case FailureCode::attempts_exhausted:
      return "attempts_exhausted";
    case FailureCode::out_of_memory:
      return "out_of_memory";
    case FailureCode::internal:
      return "internal";
  }
  ZKP_ASSERT(false);
}

base::Result<FailureCode> parse_failure_code(std::string_view text) {
  return value_of_name("failure code", kFailureCodes, text);
}

bool is_retryable(FailureCode code) {
  return code == FailureCode::out_of_memory || code == FailureCode::internal;
}

std::int64_t queue_rank(base::Time created_at, int priority) {
  return base::to_unix_ms(created_at - priority * kRankPerPriority);
}

base::Duration back_off(int failures, std::uint64_t jitter) {
  if (failures <= 0) return base::Duration::zero();
  const int doublings = std::min(failures - 1, 20);
  const base::Duration longest = std::min(kFirstBackOff * (1 << doublings), kMostBackOff);
  const std::int64_t half_ms = longest.count() / 2;
  const double fraction = static_cast<double>(jitter >> 11) * 0x1p-53;  // [0, 1), exact
  return base::Duration(half_ms +
                        static_cast<std::int64_t>(static_cast<double>(half_ms) * fraction));
}

}  // namespace zkp::network::task
