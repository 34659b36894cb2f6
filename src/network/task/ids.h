#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"

namespace zkp::network::task {

// A task's name: a UUID of version 7 (RFC 9562), so that ids sort by the time of submission.
class TaskId {
 public:
  TaskId() = default;  // all zeros; names no task
  static TaskId make(base::Time now, base::Random& random);
  // The 36 characters of RFC 9562, lower case or upper. invalid_argument for anything else.
  static base::Result<TaskId> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const TaskId&, const TaskId&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  friend struct std::hash<TaskId>;
};

// A number that counts one thing only, so that a term is never taken for an attempt.
template <class Tag>
struct Count {
  std::uint64_t value = 0;
  friend auto operator<=>(const Count&, const Count&) = default;
  [[nodiscard]] Count next() const { return {value + 1}; }
};
using Term = Count<struct TermTag>;        // of leadership, from 1
using Attempt = Count<struct AttemptTag>;  // of one task, from 1; 0: none yet

// A name that is only compared.
template <class Tag>
struct Name {
  std::string value;
  friend auto operator<=>(const Name&, const Name&) = default;
};
using WorkerId = Name<struct WorkerTag>;    // "worker-1"
using CircuitId = Name<struct CircuitTag>;  // "merkle_tree/3,2": a circuit with one key pair

}  // namespace zkp::network::task

template <>
struct std::hash<zkp::network::task::TaskId> {
  std::size_t operator()(const zkp::network::task::TaskId& id) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(id.bytes_.data()), id.bytes_.size()});
  }
};
template <class Tag>
struct std::hash<zkp::network::task::Name<Tag>> {
  std::size_t operator()(const zkp::network::task::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.value);
  }
};
