#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "test/perf/bodies.h"
#include "test/perf/client.h"

namespace zkp::test::perf {

enum class Mode {
  submit,      // POST only
  end_to_end,  // POST, then long polls until the task is over
};

struct LoadOptions {
  Mode mode = Mode::end_to_end;
  // Requests a second, due at equal distances; 0: a closed loop, in which a request is due as soon
  // as a connection is free.
  double rate = 0;
  std::size_t connections = 64;                  // at most
  std::chrono::milliseconds duration{10'000};    // in which requests become due
  std::uint64_t most_requests = UINT64_MAX;      // that become due
  std::chrono::milliseconds task_limit{60'000};  // a request is given up after so long
};

// What became of one request. Times are in milliseconds from when it was due, whether or not a
// connection was free then: a server that is slow delays no one's clock.
struct Sample {
  int status = 0;                     // of the POST; 0: no answer came
  std::string error;                  // why none came, or why the task could not be followed
  std::optional<double> accepted_ms;  // its 202
  // End to end only.
  std::string task_status;            // the last one that was seen
  std::size_t polls_failed = 0;       // that got no answer, or another one than 200
  std::optional<double> finished_ms;  // its terminal state was read
  std::optional<double> started_ms;   // the task's own started_at, against this machine's clock
  std::optional<double> queue_ms, prove_ms;  // as the task has them
};

struct LoadResult {
  std::vector<Sample> samples;
  std::chrono::duration<double> elapsed{};  // until the last request ended
};

// Runs until everything that was due has ended. After SIGINT or SIGTERM nothing becomes due. One
// thread.
base::Result<LoadResult> run_load(const LoadOptions& options, const Address& address,
                                  const Bodies& bodies);

// Milliseconds since 1970 of 2026-11-23T20:21:20.123Z; none if it is not of this form.
std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text);

}  // namespace zkp::test::perf
