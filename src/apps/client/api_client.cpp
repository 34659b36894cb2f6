#include "apps/client/api_client.h"

#include <algorithm>
#include <chrono>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "apps/program/version.h"

namespace zkp::apps {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using base::Error;
using base::ErrorCode;
using Json = nlohmann::ordered_json;

ErrorCode code_of(unsigned status) {
  switch (status) {
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::too_large;
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

using HttpRequest = wire::request<wire::empty_body>;
using HttpResponse = wire::response<wire::string_body>;

HttpRequest header_of(const ApiClient::Request& request, const RequestBody& body,
                      const std::string& host) {
  HttpRequest http(wire::string_to_verb(request.method), request.target, 11);
  http.set(wire::field::host, host);
  http.set(wire::field::accept, "application/json");
  http.set(wire::field::user_agent, "zkp/" + version());
  if (!request.idempotency_key.empty()) http.set("Idempotency-Key", request.idempotency_key);
  if (body.size() > 0) {
    http.set(wire::field::content_type,
             body.content_type().empty() ? "application/json" : body.content_type());
  }
  if (body.size() > 0 || request.method != "GET") http.content_length(body.size());
  return http;
}

// One request and its answer, on a connection of its own. The answer is read while the body is
// sent, for it may come early: the server closes then, and what cannot be sent is no matter.
class Exchange {
 public:
  Exchange(const ApiClient::Request& request, RequestBody body, const std::string& host,
           const std::string& port)
      : request_(request), body_(std::move(body)), host_(host), port_(port) {
    parser_.body_limit(kMostAnswerBytes);
  }

  base::Result<HttpResponse> run() {
    const std::stop_callback on_stop(request_.stop, [this] {
      asio::post(io_, [this] { end(Error{ErrorCode::cancelled, "interrupted"}); });
    });
    touch();
    asio::co_spawn(io_, converse(), asio::detached);
    asio::co_spawn(io_, watch(), asio::detached);
    io_.run();
    if (failure_) return *failure_;
    return parser_.release();
  }

 private:
  static constexpr std::uint64_t kMostAnswerBytes = 256 << 20;
  static constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

  asio::awaitable<void> converse() {
    asio::ip::tcp::resolver resolver(io_);
    const auto [unknown, endpoints] = co_await resolver.async_resolve(host_, port_, kNoThrow);
    if (unknown || over_) co_return end(no_answer(unknown));
    const auto [refused, endpoint] = co_await asio::async_connect(socket_, endpoints, kNoThrow);
    if (refused) co_return end(no_answer(refused));
    asio::co_spawn(io_, send(), asio::detached);
    beast::flat_buffer buffer;
    const auto [error, size] = co_await wire::async_read(socket_, buffer, parser_, kNoThrow);
    if (error) co_return end(no_answer(error));
    end(std::nullopt);
  }

  asio::awaitable<void> send() {
    const HttpRequest header = header_of(request_, body_, host_);
    wire::request_serializer<wire::empty_body> serializer(header);
    auto [error, size] = co_await wire::async_write_header(socket_, serializer, kNoThrow);
    std::uint64_t sent = 0;
    while (!error && !over_) {
      const auto piece = body_.next();
      if (!piece.ok()) co_return end(piece.error());
      if (piece->empty()) break;
      std::tie(error, size) =
          co_await asio::async_write(socket_, asio::buffer(piece->data(), piece->size()), kNoThrow);
      if (error) break;
      touch();
      sent += size;
      if (request_.progress) {
        request_.progress(static_cast<double>(sent) / static_cast<double>(body_.size()));
      }
    }
  }

  asio::awaitable<void> watch() {
    while (!over_ && std::chrono::steady_clock::now() < deadline_) {
      timer_.expires_at(deadline_);
      co_await timer_.async_wait(kNoThrow);
    }
    end(no_answer(asio::error::timed_out));
  }

  void touch() {
    deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(request_.timeout_s);
  }

  [[nodiscard]] Error no_answer(const beast::error_code& error) const {
    return {ErrorCode::unavailable,
            fmt::format("no answer from http://{}:{}: {}; is `zkp dev` running?", host_, port_,
                        error.message())};
  }

  // The first end counts; each operation that is under way fails then.
  void end(std::optional<Error> failure) {
    if (over_) return;
    over_ = true;
    failure_ = std::move(failure);
    timer_.cancel();
    beast::error_code ignored;
    socket_.close(ignored);
  }

  const ApiClient::Request& request_;
  RequestBody body_;
  const std::string &host_, &port_;
  std::chrono::steady_clock::time_point deadline_;
  bool over_ = false;
  std::optional<Error> failure_;
  wire::response_parser<wire::string_body> parser_;
  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  asio::steady_timer timer_{io_};
};

bool is_terminal(const Json& task) {
  const std::string status = task.value("status", "");
  return status == "completed" || status == "failed" || status == "cancelled";
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
  base::SystemRandom random;
  auto content = RequestBody::of_text(request.body);
  if (!request.parts.empty()) {
    ZKP_TRY(content, RequestBody::of_parts(request.parts, random));
  }
  HttpResponse response;
  try {
    ZKP_TRY(response, Exchange(request, std::move(content), host_, port_).run());
  } catch (const std::exception& error) {
    return Error{ErrorCode::internal, error.what()};
  }
  Json body = Json::parse(response.body(), nullptr, false);
  if (response.result_int() >= 400) return error_of(response.result_int(), body);
  if (body.is_discarded()) {
    return Error{ErrorCode::internal,
                 fmt::format("http://{}:{} did not answer with JSON", host_, port_)};
  }
  return body;
}

base::Result<Json> ApiClient::wait_for_task(const std::string& task_id, int timeout_s,
                                            const std::stop_token& stop) const {
  constexpr std::int64_t kStepSeconds = 30;
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::seconds(timeout_s);
  while (!stop.stop_requested()) {
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - steady_clock::now());
    const int step = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kStepSeconds));
    auto task =
        call({.target = fmt::format("/api/v1/proof/{}?wait={}s", encode_path(task_id), step),
              .timeout_s = step + 30,
              .stop = stop});
    if (!task.ok() && task.error().code == ErrorCode::cancelled) break;
    if (!task.ok() || is_terminal(*task)) return task;
    if (steady_clock::now() >= end) {
      return Error{ErrorCode::deadline_exceeded,
                   fmt::format("task {} is still {} after {} s; it goes on", task_id,
                               task->value("status", "unknown"), timeout_s)};
    }
  }
  return Error{ErrorCode::cancelled, "interrupted; the task goes on"};
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
