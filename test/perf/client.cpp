#include "test/perf/client.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace zkp::test::perf {
namespace {

namespace asio = boost::asio;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using base::Error;
using base::ErrorCode;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kMostIdle{3};
constexpr int kHttp11 = 11;

Error failure(const char* step, error_code error) {
  return {ErrorCode::unavailable, fmt::format("{}: {}", step, error.message())};
}

}  // namespace

base::Result<Address> parse_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  std::string rest = url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
  if (rest.ends_with('/')) rest.pop_back();
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == rest.size()) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("url: want http://HOST:PORT, got '{}'", url)};
  }
  return Address{rest.substr(0, colon), rest.substr(colon + 1)};
}

base::Result<tcp::endpoint> resolve(const Address& address) {
  asio::io_context io;
  error_code error;
  const auto found = tcp::resolver(io).resolve(address.host, address.port, error);
  if (error || found.empty()) return failure("resolve", error);
  return found.begin()->endpoint();
}

Client::Client(const asio::any_io_executor& executor, Address address, tcp::endpoint endpoint)
    : address_(std::move(address)), endpoint_(std::move(endpoint)), stream_(executor) {}

asio::awaitable<base::Status> Client::connect() {
  const auto now = std::chrono::steady_clock::now();
  if (open_ && now - last_used_ < kMostIdle) co_return base::Status();
  stream_.close();
  buffer_.clear();
  const auto [error] = co_await stream_.async_connect(endpoint_, kNoThrow);
  if (error) co_return failure("connect", error);
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  open_ = true;
  co_return base::Status();
}

asio::awaitable<base::Result<Answer>> Client::call(std::string target, std::string body,
                                                   std::chrono::milliseconds limit) {
  stream_.expires_after(limit);
  const base::Status connected = co_await connect();
  if (!connected.ok()) co_return connected.error();
  const auto verb = body.empty() ? wire::verb::get : wire::verb::post;
  wire::request<wire::string_body> request(verb, target, kHttp11);
  request.set(wire::field::host, address_.host + ":" + address_.port);
  if (!body.empty()) request.set(wire::field::content_type, "application/json");
  request.body() = std::move(body);
  request.prepare_payload();

  open_ = false;
  const auto [unsent, sent_bytes] = co_await wire::async_write(stream_, request, kNoThrow);
  if (unsent) co_return failure("write", unsent);
  wire::response<wire::string_body> response;
  const auto [unread, read_bytes] = co_await wire::async_read(stream_, buffer_, response, kNoThrow);
  if (unread) co_return failure("read", unread);
  open_ = response.keep_alive();
  last_used_ = std::chrono::steady_clock::now();
  co_return Answer{static_cast<int>(response.result_int()), std::move(response.body())};
}

}  // namespace zkp::test::perf
