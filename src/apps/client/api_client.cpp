#include "apps/zkp/api_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "apps/program/version.h"

namespace zkp::apps {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using base::Error;
using base::ErrorCode;
using Json = nlohmann::ordered_json;

ErrorCode code_of(unsigned status) {
  switch (status) {
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 429:
      return ErrorCode::resource_exhausted;
    case 503:
      return ErrorCode::unavailable;
    default:
      return status < 500 ? ErrorCode::invalid_argument : ErrorCode::internal;
  }
}

std::string text_at(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : std::string();
}

Error error_of(unsigned status, const Json& problem) {
  std::string message = text_at(problem, "detail");
  if (message.empty()) message = text_at(problem, "title");
  if (message.empty()) message = fmt::format("the server answered with status {}", status);
  Error error{code_of(status), message, {}};
  if (problem.is_object() && problem.contains("errors") && problem["errors"].is_array()) {
    for (const Json& place : problem["errors"]) {
      error.details.push_back({text_at(place, "pointer"), text_at(place, "detail")});
    }
  }
  return error;
}

using HttpRequest = beast::http::request<beast::http::string_body>;
using HttpResponse = beast::http::response<beast::http::string_body>;

HttpRequest to_http(const ApiClient::Request& request, const std::string& host) {
  HttpRequest http(beast::http::string_to_verb(request.method), request.target, 11);
  http.set(beast::http::field::host, host);
  http.set(beast::http::field::accept, "application/json");
  http.set(beast::http::field::user_agent, "zkp/" + version());
  if (!request.idempotency_key.empty()) http.set("Idempotency-Key", request.idempotency_key);
  if (!request.body.empty()) {
    http.set(beast::http::field::content_type, "application/json");
    http.body() = request.body;
  }
  http.prepare_payload();
  return http;
}

// Timeouts of a tcp_stream hold for its asynchronous operations only; so those are what is used.
beast::error_code exchange(const std::string& host, const std::string& port,
                           const HttpRequest& request, int timeout_s, HttpResponse& response) {
  asio::io_context io;
  beast::error_code result;
  asio::ip::tcp::resolver resolver(io);
  const auto endpoints = resolver.resolve(host, port, result);
  if (result) return result;
  beast::tcp_stream stream(io);
  stream.expires_after(std::chrono::seconds(timeout_s));
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(256 << 20);
  stream.async_connect(endpoints, [&](beast::error_code connected, const auto&) {
    result = connected;
    if (result) return;
    beast::http::async_write(stream, request, [&](beast::error_code written, std::size_t) {
      result = written;
      if (result) return;
      beast::http::async_read(stream, buffer, parser,
                              [&](beast::error_code read, std::size_t) { result = read; });
    });
  });
  io.run();
  response = parser.release();
  return result;
}

}  // namespace

base::Result<ApiClient> ApiClient::parse(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  const auto wrong = [&] {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("'{}' is no address of the API: want http://HOST[:PORT]", url)};
  };
  if (!url.starts_with(kScheme)) return wrong();
  std::string rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.pop_back();
  if (rest.empty() || rest.find('/') != std::string::npos) return wrong();
  ApiClient client;
  const bool bracket = rest.front() == '[';
  const std::size_t host_end = bracket ? rest.find(']') : rest.find(':');
  if (bracket && host_end == std::string::npos) return wrong();
  client.host_ = bracket ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  const std::size_t colon = host_end == std::string::npos ? host_end : rest.find(':', host_end);
  client.port_ = colon == std::string::npos ? "80" : rest.substr(colon + 1);
  if (client.host_.empty() || client.port_.empty()) return wrong();
  return client;
}

base::Result<Json> ApiClient::call(const Request& request) const {
  HttpResponse response;
  beast::error_code failure;
  try {
    failure = exchange(host_, port_, to_http(request, host_), request.timeout_s, response);
  } catch (const std::exception& error) {
    return Error{ErrorCode::internal, error.what()};
  }
  if (failure) {
    return Error{ErrorCode::unavailable,
                 fmt::format("no answer from http://{}:{}: {}; is `zkp dev` running?", host_, port_,
                             failure.message())};
  }
  Json body = Json::parse(response.body(), nullptr, false);
  if (response.result_int() >= 400) return error_of(response.result_int(), body);
  if (body.is_discarded()) {
    return Error{ErrorCode::internal,
                 fmt::format("http://{}:{} did not answer with JSON", host_, port_)};
  }
  return body;
}

std::string encode_path(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("-._~/,:").find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace zkp::apps
