#include "apps/program/inherited_socket.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

namespace zkp::apps {
namespace {

constexpr int kFirstDescriptor = 3;  // SD_LISTEN_FDS_START

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

base::Result<std::optional<int>> inherited_socket() {
  const std::string_view count = variable("LISTEN_FDS");
  if (count.empty() || variable("LISTEN_PID") != std::to_string(getpid())) {
    return std::optional<int>();
  }
  if (count == "1") return std::optional(kFirstDescriptor);
  return base::Error{base::ErrorCode::invalid_argument,
                     "LISTEN_FDS: want 1 socket, got " + std::string(count)};
}

}  // namespace zkp::apps
