#pragma once

#include <chrono>
#include <string>

namespace zkp::base {

using namespace std::chrono_literals;  // NOLINT: durations are written 500ms throughout

using Duration = std::chrono::milliseconds;
// A moment, in milliseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<Duration>;

inline std::int64_t to_unix_ms(Time time) { return time.time_since_epoch().count(); }
inline Time from_unix_ms(std::int64_t ms) { return Time(Duration(ms)); }

// RFC 3339 in UTC with milliseconds: 2026-11-23T20:21:20.123Z.
std::string to_rfc3339(Time time);

// Where the time comes from. Passed in, so that a simulation owns it. Safe to call from several
// threads.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

}  // namespace zkp::base
