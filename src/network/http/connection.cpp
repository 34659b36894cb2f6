#include "network/http/connection.h"

#include <algorithm>
#include <array>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"
#include "network/http/problem.h"

namespace zkp::network::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kDrainTimeout{5};
constexpr std::size_t kMostDrainedBytes = 64 << 20;
constexpr std::size_t kFirstRead = 4096;

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

template <class Fields>
std::string request_id_of(const Fields& fields, base::Random& random) {
  if (const std::string_view sent = fields["X-Request-Id"]; is_sane_id(sent)) {
    return std::string(sent);
  }
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return base::to_hex(bytes);
}

// What a header that cannot be read is answered with; empty: nothing, for the client is gone or
// was too slow.
std::optional<Response> problem_of_read(error_code error, const Server::Options& options,
                                        const std::string& request_id) {
  if (error == wire::error::header_limit || error == wire::error::buffer_overflow) {
    return problem(
        431, "header_too_large",
        "the header is larger than " + std::to_string(options.most_header_bytes) + " bytes",
        request_id);
  }
  const bool is_syntax = error.category() == make_error_code(wire::error::bad_method).category();
  if (!is_syntax || error == wire::error::end_of_stream || error == wire::error::partial_message) {
    return std::nullopt;
  }
  return problem(400, "malformed_request", "not an HTTP/1.1 request: " + error.message(),
                 request_id);
}

// A chunk at a time.
class ChunkWriter final : public StreamWriter {
 public:
  ChunkWriter(beast::tcp_stream& stream, bool chunked, std::chrono::milliseconds timeout)
      : stream_(stream), chunked_(chunked), timeout_(timeout) {}

  Task<bool> write(std::string_view piece) override {
    if (failed_ || piece.empty()) co_return !failed_;
    stream_.expires_after(timeout_);
    error_code error;
    if (chunked_) {
      std::tie(error, std::ignore) = co_await asio::async_write(
          stream_, wire::make_chunk(asio::buffer(piece.data(), piece.size())), kNoThrow);
    } else {
      std::tie(error, std::ignore) =
          co_await asio::async_write(stream_, asio::buffer(piece.data(), piece.size()), kNoThrow);
    }
    failed_ = bool(error);
    co_return !failed_;
  }

  // True if the connection can go on.
  Task<bool> finish() {
    if (failed_ || !chunked_) co_return false;
    stream_.expires_after(timeout_);
    const auto [error, size] =
        co_await asio::async_write(stream_, wire::make_chunk_last(), kNoThrow);
    co_return !error;
  }

 private:
  beast::tcp_stream& stream_;
  const bool chunked_;
  const std::chrono::milliseconds timeout_;
  bool failed_ = false;
};

template <class Message>
Request request_of(const Message& message, const std::string& request_id) {
  Request request{.method = message.method_string(), .request_id = request_id};
  for (const auto& field : message) {
    request.headers.emplace_back(field.name_string(), field.value());
  }
  return request;
}

void log_exchange(const Exchange& exchange, const Request& request) {
  const bool only_reads = exchange.method == "GET" || exchange.method == "HEAD";
  const auto level = exchange.status >= 500 ? base::LogLevel::warning
                     : only_reads           ? base::LogLevel::debug
                                            : base::LogLevel::info;
  if (!base::log_enabled(level)) return;
  base::log_line(level,
                 fmt::format("{} {} {} {} us request_id={}", exchange.method, request.path,
                             exchange.status, exchange.duration.count(), request.request_id));
}

}  // namespace

// How an answer goes out, besides what it says.
struct Connection::Terms {
  std::string request_id;
  std::string_view route;  // the pattern; empty if none matched
  unsigned version = 11;
  bool head = false;
  bool keep_alive = false;
};

Connection::Connection(asio::ip::tcp::socket socket, ServerContext& context)
    : stream_(std::move(socket)), context_(context) {
  error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Connection::close_when_idle(const std::shared_ptr<Connection>& self) {
  asio::post(self->stream_.get_executor(), [self] {
    self->closing_ = true;
    error_code ignored;
    if (!self->serving_ && self->stream_.socket().available(ignored) == 0) self->stream_.close();
  });
}

Task<void> Connection::serve() {
  while (co_await serve_one() && !closing_) {
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

// Until there is a byte of it. The time limit is the header's too.
Task<error_code> Connection::wait_for_request() {
  stream_.expires_after(context_.options.header_timeout);
  if (buffer_.size() != 0) co_return error_code();
  const auto [error, size] =
      co_await stream_.async_read_some(buffer_.prepare(kFirstRead), kNoThrow);
  buffer_.commit(size);
  co_return error;
}

// False if the connection cannot take another request.
Task<bool> Connection::serve_one() {
  if (co_await wait_for_request()) co_return false;
  serving_ = true;
  RequestParser parser;
  parser.header_limit(context_.options.most_header_bytes);
  parser.body_limit(boost::none);  // RequestBody has the route's
  const auto [error, size] = co_await wire::async_read_header(stream_, buffer_, parser, kNoThrow);
  Terms terms{.request_id = request_id_of(parser.get(), context_.random)};
  if (!error) co_return co_await serve(parser, terms);

  if (auto response = problem_of_read(error, context_.options, terms.request_id)) {
    co_await send(*std::move(response), terms);
    serving_ = false;
    co_await drain();
  }
  co_return false;
}

// The request whose header has been read.
Task<bool> Connection::serve(RequestParser& parser, Terms& terms) {
  const auto& message = parser.get();
  terms.version = message.version();
  terms.head = message.method() == wire::verb::head;

  const auto began = std::chrono::steady_clock::now();
  Request request = request_of(message, terms.request_id);
  RequestBody body(stream_, buffer_, parser,
                   {context_.options.most_body_bytes, context_.options.body_timeout});
  Response response = co_await respond(request, message.target(), body, terms);
  if (body.deserted()) {
    base::log_info("{} {} was broken off by its client request_id={}", request.method, request.path,
                   request.request_id);
    co_return false;
  }
  Exchange exchange{.method = request.method, .route = terms.route, .status = response.status};
  const bool can_go_on = body.finished() || body.worth_finishing();
  terms.keep_alive = message.keep_alive() && can_go_on && !context_.stopping;
  const bool sent = co_await send(std::move(response), terms);
  exchange.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began);
  serving_ = false;

  log_exchange(exchange, request);
  if (context_.options.on_exchange) context_.options.on_exchange(exchange);
  if (sent && terms.keep_alive) co_return co_await body.skip();
  if (!body.finished()) co_await drain();
  co_return false;
}

// Finds the handler and asks it; whatever goes wrong becomes a problem.
Task<Response> Connection::respond(Request& request, std::string_view target, RequestBody& body,
                                   Terms& terms) {
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  auto query = parse_query(mark == std::string_view::npos ? "" : target.substr(mark + 1));
  if (!query.ok()) co_return problem_of(query.error(), request.request_id);
  request.query = *std::move(query);

  auto found = context_.router.find(request.method, request.path);
  if (!found.ok()) co_return problem_of(found.error(), request.request_id);
  if (found->route == nullptr && found->allow.empty()) {
    co_return problem(404, "not_found", "nothing is at " + request.path, request.request_id);
  }
  if (found->route == nullptr) {
    auto response = problem(405, "method_not_allowed", "this takes " + found->allow + " only",
                            request.request_id);
    response.headers.emplace_back("Allow", found->allow);
    co_return response;
  }
  terms.route = found->route->pattern;
  request.parameters = std::move(found->parameters);

  // We throw nothing; a library may (no memory).
  std::string thrown;
  try {
    auto response = co_await handle(*found->route, request, body);
    co_return response.ok() ? *std::move(response)
                            : problem_of(response.error(), request.request_id);
  } catch (const std::exception& exception) {
    thrown = exception.what();
  }
  co_return problem_of({base::ErrorCode::internal, thrown}, request.request_id);
}

Task<base::Result<Response>> Connection::handle(const Router::Route& route, Request& request,
                                                RequestBody& body) {
  const auto& options = context_.options;
  const bool streamed = bool(route.streamed);
  const std::uint64_t most_bytes = streamed ? route.most_body_bytes : options.most_body_bytes;
  const auto accepted = body.limit({most_bytes, options.body_timeout, streamed});
  if (!accepted.ok()) co_return accepted.error();
  if (streamed) co_return co_await route.streamed(request, body);

  const auto whole = co_await read_whole(body, most_bytes);
  if (!whole.ok()) co_return whole.error();
  request.body = base::as_text(whole->reveal());
  co_return co_await route.handler(request);
}

Task<bool> Connection::send(Response response, const Terms& terms) {
  wire::response<wire::string_body> message{wire::int_to_status(unsigned(response.status)),
                                            terms.version};
  message.set("X-Request-Id", terms.request_id);
  message.set("X-Content-Type-Options", "nosniff");
  message.set(wire::field::cache_control, "no-store");
  message.set(wire::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);

  const bool chunked = response.stream && terms.version >= 11;
  message.keep_alive(terms.keep_alive && (!response.stream || chunked));
  if (response.stream) {
    message.chunked(chunked);
  } else {
    message.content_length(response.body.size());
    if (!terms.head) message.body() = std::move(response.body);
  }

  stream_.expires_after(context_.options.write_timeout);
  wire::response_serializer<wire::string_body> serializer(message);
  const bool header_only = terms.head || response.stream;
  const auto [error, size] = header_only
                                 ? co_await wire::async_write_header(stream_, serializer, kNoThrow)
                                 : co_await wire::async_write(stream_, serializer, kNoThrow);
  if (error || !response.stream || terms.head) co_return !error && message.keep_alive();

  ChunkWriter writer(stream_, chunked, context_.options.write_timeout);
  co_await response.stream(writer);
  co_return co_await writer.finish();
}

// Reads what the client still sends after an answer that came early, so that it can read that
// answer: closing at once would reset the connection.
Task<void> Connection::drain() {
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kDrainTimeout);
  std::array<char, 16384> scratch{};
  error_code error;
  std::size_t size = 0, drained = 0;
  while (!error && !context_.stopping && drained < kMostDrainedBytes) {
    std::tie(error, size) = co_await stream_.async_read_some(asio::buffer(scratch), kNoThrow);
    drained += size;
  }
  base::wipe(scratch.data(), scratch.size());
}

}  // namespace zkp::network::http
