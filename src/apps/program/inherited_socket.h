#pragma once

#include <optional>

#include "base/result.h"

namespace zkp::apps {

// The socket that whoever started this program listens on for it, as systemd hands it over:
// LISTEN_PID is this process, LISTEN_FDS is 1. None if none was. invalid_argument if there are
// several.
base::Result<std::optional<int>> inherited_socket();

}  // namespace zkp::apps
