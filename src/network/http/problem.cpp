#include "network/http/problem.h"

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace zkp::network::http {
namespace {

using base::ErrorCode;

Response problem_with(int status, const std::string& code, const std::string& detail,
                      const std::string& request_id,
                      const std::vector<base::ErrorDetail>& details) {
  const std::string_view title = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  nlohmann::ordered_json body{{"type", "urn:zkp:problem:" + code},
                              {"title", title},
                              {"status", status},
                              {"detail", detail},
                              {"request_id", request_id}};
  for (const auto& place : details) {
    body["errors"].push_back({{"pointer", place.pointer}, {"detail", place.detail}});
  }
  Response response{.status = status, .content_type = "application/problem+json"};
  // Texts of the client's may be cut anywhere: what is not UTF-8 is replaced, not refused.
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

int status_of(const base::Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return error.details.empty() ? 400 : 422;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
    case ErrorCode::failed_precondition:
      return 409;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::resource_exhausted:
      return 429;
    case ErrorCode::unavailable:
    case ErrorCode::cancelled:
      return 503;
    case ErrorCode::permission_denied:
      return 403;
    case ErrorCode::deadline_exceeded:
      return 504;
    case ErrorCode::data_loss:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

Response problem_of(const base::Error& error, const std::string& request_id) {
  const int status = status_of(error);
  if (status != 500) {
    return problem_with(status, base::name_of(error.code), error.message, request_id,
                        error.details);
  }
  base::log_error("request {} failed: {}: {}", request_id, base::name_of(error.code),
                  error.message);
  return problem_with(status, base::name_of(error.code),
                      "something went wrong inside; the log has it under this request_id",
                      request_id, {});
}

Response problem(int status, const std::string& code, const std::string& detail,
                 const std::string& request_id) {
  return problem_with(status, code, detail, request_id, {});
}

}  // namespace zkp::network::http
