#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"

// Requests and responses as handlers see them.
namespace zkp::network::http {

template <class T>
using Task = boost::asio::awaitable<T>;

// A request. Lives until its handler has returned.
struct Request {
  std::string method;  // as sent; a HEAD request is served by the handler of GET
  std::string path;    // as sent, percent-encoded, without the query
  std::vector<std::pair<std::string, std::string>> query;      // decoded, in order
  std::map<std::string, std::string, std::less<>> parameters;  // of the route's pattern, decoded
  std::vector<std::pair<std::string, std::string>> headers;    // in order
  // Read in full; empty for a StreamedHandler. May hold secrets: wiped when the request ends.
  std::string_view body;
  std::string request_id;

  // The first one of this name; headers without regard to case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  // REQUIRES: the route's pattern has this parameter.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
};

// The body of a request, as it comes in. Used by the request's handler, one call at a time.
class BodySource {
 public:
  static constexpr std::size_t kMostPieceBytes = 64 << 10;

  virtual ~BodySource() = default;
  // The next piece, of 1 to kMostPieceBytes bytes, or of none at the end of the body. It is valid
  // until the next call and may hold secrets: its memory is wiped.
  // too_large once the body is over the route's limit, invalid_argument if it is no HTTP; if the
  // client breaks off (cancelled) or is too slow (deadline_exceeded), no answer will be sent,
  // whatever the handler returns. An error comes again with each further call.
  virtual Task<base::Result<std::string_view>> next() = 0;
};

using WholeBody = base::GrowingSecret<std::uint8_t>;
// Reads the body to its end. Takes memory for what has come, not for what is promised.
// The errors of next(); too_large over `most_bytes`.
Task<base::Result<WholeBody>> read_whole(BodySource& body, std::size_t most_bytes);

// The receiving end of a response of unknown length.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // False if the client is gone or too slow: the stream should end.
  virtual Task<bool> write(std::string_view piece) = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // If set, it is called instead of sending `body`, and the response lasts until it returns. It may
  // not refer to the request.
  std::function<Task<void>(StreamWriter&)> stream;
};

using Handler = std::function<Task<base::Result<Response>>(const Request&)>;
// Gets the body piece by piece. If it returns before the end of the body, the connection closes
// after the answer.
using StreamedHandler = std::function<Task<base::Result<Response>>(const Request&, BodySource&)>;

// Of ASCII letters. Beast's iequals reads a byte behind texts that differ in case.
bool equal_without_case(std::string_view a, std::string_view b);
// Decodes %XX; invalid_argument if an escape is not complete.
base::Result<std::string> percent_decoded(std::string_view text);
// The names and values of "a=1&b=two+words".
base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace zkp::network::http
