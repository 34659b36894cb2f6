#include "network/http/request_body.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace zkp::network::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using base::ErrorCode;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

}  // namespace

RequestBody::RequestBody(beast::tcp_stream& stream, ReadBuffer& buffer, RequestParser& parser,
                         const Limits& limits)
    : stream_(stream),
      buffer_(buffer),
      parser_(parser),
      limits_(limits),
      must_ask_(parser.get().version() >= 11 &&
                equal_without_case(parser.get()[wire::field::expect], "100-continue")),
      time_left_(limits.timeout) {}

RequestBody::~RequestBody() {
  if (received_ > 0) buffer_.shrink_to_fit();
}

base::Status RequestBody::limit(const Limits& limits) {
  limits_ = limits;
  time_left_ = limits.timeout;
  if (parser_.content_length().value_or(0) <= limits.most_bytes) return {};
  failure_ = too_large();
  return *failure_;
}

Task<base::Result<std::string_view>> RequestBody::next() {
  std::string_view& piece = parser_.get().body();
  piece = {};
  while (!failure_ && piece.empty() && !finished()) {
    if (const error_code error = co_await read_some()) fail(error);
  }
  received_ += piece.size();
  if (!failure_ && received_ > limits_.most_bytes) failure_ = too_large();
  if (failure_) co_return *failure_;

  received_in_time_ += piece.size();
  if (limits_.timeout_of_each_piece && received_in_time_ >= kMostPieceBytes) {
    received_in_time_ = 0;
    time_left_ = limits_.timeout;
  }
  co_return piece;
}

bool RequestBody::worth_finishing() const {
  const auto left = parser_.content_length_remaining();
  return !failure_ && !must_ask_ && left && *left <= kMostPieceBytes;
}

Task<bool> RequestBody::skip() {
  while (!finished()) {
    if (const auto piece = co_await next(); !piece.ok()) co_return false;
  }
  co_return true;
}

// Only the client's time counts, not the handler's between two pieces.
Task<error_code> RequestBody::read_some() {
  const auto began = steady_clock::now();
  stream_.expires_after(time_left_);
  error_code error;
  std::size_t size = 0;
  if (must_ask_) {
    must_ask_ = false;
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::tie(error, size) = co_await asio::async_write(
        stream_, asio::buffer(kContinue.data(), kContinue.size()), kNoThrow);
  }
  if (!error) {
    if (buffer_.size() == 0) buffer_.reserve(kMostPieceBytes);
    std::tie(error, size) = co_await wire::async_read_some(stream_, buffer_, parser_, kNoThrow);
  }
  time_left_ -= std::min<std::chrono::nanoseconds>(time_left_, steady_clock::now() - began);
  co_return error;
}

void RequestBody::fail(error_code error) {
  const bool is_syntax = error.category() == make_error_code(wire::error::bad_method).category();
  if (is_syntax && error != wire::error::end_of_stream && error != wire::error::partial_message) {
    failure_ = {ErrorCode::invalid_argument, "not an HTTP/1.1 request: " + error.message()};
    return;
  }
  deserted_ = true;
  failure_ = error == beast::error::timeout
                 ? base::Error{ErrorCode::deadline_exceeded, "the client is too slow"}
                 : base::Error{ErrorCode::cancelled, "the client broke off"};
}

base::Error RequestBody::too_large() const {
  return {ErrorCode::too_large,
          "the body is larger than " + std::to_string(limits_.most_bytes) + " bytes"};
}

}  // namespace zkp::network::http
