#pragma once

#include <string_view>

#include "network/http/message.h"

namespace zkp::services::gateway {

// A file of web/, embedded when the program is built; nullptr if there is none of this name.
const std::string_view* find_asset(std::string_view name);

// A file of the dashboard; not_found if there is none of this name.
base::Result<network::http::Response> dashboard_file(std::string_view name);

}  // namespace zkp::services::gateway
