#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "network/task/ids.h"

// What a task is: its states, what may follow what, and the rules of trying again. Pure: no I/O, no
// clock, no thread.
namespace zkp::network::task {

//   pending -> assigned -> running -> completed | failed | cancelled
// and back to pending when an attempt ends without a result. Terminal states are final.
enum class Status : std::uint8_t { pending, assigned, running, completed, failed, cancelled };

const char* name_of(Status status);
base::Result<Status> parse_status(std::string_view text);
bool is_terminal(Status status);
bool may_follow(Status from, Status to);

// Why a task failed, or an attempt.
enum class FailureCode : std::uint8_t {
  invalid_input,
  unsatisfied,
  witness_error,
  deadline_exceeded,
  attempts_exhausted,
  out_of_memory,
  internal,
};
const char* name_of(FailureCode code);
base::Result<FailureCode> parse_failure_code(std::string_view text);
// False for failures of the inputs themselves: trying again cannot help.
bool is_retryable(FailureCode code);

struct Failure {
  FailureCode code = FailureCode::internal;
  std::string message;  // for a person; never holds a private input
};

struct Options {
  static constexpr int kLeastPriority = 0, kMostPriority = 9, kMostAttempts = 10;
  int priority = 5;
  int max_attempts = 3;  // failures that workers report; lost workers do not count
  std::optional<base::Duration> deadline;  // from submission to a terminal state
};

// A finished proof as the network carries it.
struct Proof {
  std::string proof_json, public_signals_json;
};

// A task as the store holds it, without its inputs.
struct Task {
  TaskId id;
  std::string circuit_type;
  CircuitId circuit;
  Status status = Status::pending;
  int priority = 5;
  int max_attempts = 3;
  Attempt attempt;      // the latest one
  int failures = 0;     // reported by workers; fails when it reaches max_attempts
  WorkerId worker;      // of the latest attempt; empty before it has one
  double progress = 0;  // 0 to 1
  base::Time created_at{};
  base::Time not_before{};  // when pending: not to be claimed earlier
  std::optional<base::Time> deadline_at, assigned_at, started_at, finished_at;
  std::uint64_t memory_floor_bytes = 0;  // goes only to workers that have more
  // completed:
  std::optional<Proof> proof;
  std::string circuit_digest, key_digest;  // "sha256:..."
  // failed:
  std::optional<Failure> failure;
};

// Lower is sooner: the time of submission, put forward by a minute for each step of priority. With
// it, a waiting task overtakes any later one of higher priority after (difference) minutes, so none
// starves.
std::int64_t queue_rank(base::Time created_at, int priority);

// How long to wait before attempt `failures` + 1: exponential from 200 ms up to 30 s, times a
// factor in [0.5, 1) drawn from `jitter` (uniform 64 bits). Nothing before the first one.
base::Duration back_off(int failures, std::uint64_t jitter);

}  // namespace zkp::network::task
