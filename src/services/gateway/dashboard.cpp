#include "services/gateway/dashboard.h"

namespace zkp::services::gateway {
namespace {

const char* content_type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

}  // namespace

base::Result<network::http::Response> dashboard_file(std::string_view name) {
  const std::string_view* content = find_asset(name);
  if (content == nullptr) {
    return base::Error{base::ErrorCode::not_found, "the dashboard has no such file"};
  }
  network::http::Response response{.content_type = content_type_of(name),
                                   .body = std::string(*content)};
  response.headers = {{"Content-Security-Policy",
                       "default-src 'none'; script-src 'self'; style-src 'self'; "
                       "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                       "frame-ancestors 'none'"},
                      {"Referrer-Policy", "no-referrer"}};
  return response;
}

}  // namespace zkp::services::gateway
