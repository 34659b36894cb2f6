#include "services/gateway/replies.h"

#include <algorithm>
#include <cctype>

#include "network/http/problem.h"

namespace zkp::services::gateway {

namespace http = network::http;

http::Response json_reply(int status, const nlohmann::ordered_json& body) {
  return {.status = status,
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

bool has_json_body(const http::Request& request) {
  std::string type(request.header("Content-Type").value_or(""));
  type.erase(std::min(type.find(';'), type.size()));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::ranges::transform(type, type.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return type == "application/json";
}

http::Response unsupported_media_type(const http::Request& request, std::string_view wanted) {
  return http::problem(415, "unsupported_media_type", "want Content-Type: " + std::string(wanted),
                       request.request_id);
}

}  // namespace zkp::services::gateway
