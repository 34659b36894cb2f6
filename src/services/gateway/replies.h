#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "network/http/message.h"

namespace zkp::services::gateway {

network::http::Response json_reply(int status, const nlohmann::ordered_json& body);

// Is the body said to be JSON? Otherwise the answer is 415.
bool has_json_body(const network::http::Request& request);
network::http::Response unsupported_media_type(const network::http::Request& request,
                                               std::string_view wanted = "application/json");

}  // namespace zkp::services::gateway
