#pragma once

#include <string>

namespace zkp::apps {

// The version of all programs, such as 0.1.0.
std::string version();

}  // namespace zkp::apps
