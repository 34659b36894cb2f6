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

// Requests and responses as handlers see them.
namespace zkp::network::http {

template <class T>
using Task = boost::asio::awaitable<T>;

// A request that was read in full. Lives until its handler has returned.
struct Request {
  std::string method;  // as sent; a HEAD request is served by the handler of GET
  std::string path;    // as sent, percent-encoded, without the query
  std::vector<std::pair<std::string, std::string>> query;      // decoded, in order
  std::map<std::string, std::string, std::less<>> parameters;  // of the route's pattern, decoded
  std::vector<std::pair<std::string, std::string>> headers;    // in order
  std::string_view body;  // may hold secrets: its memory is wiped when the request ends
  std::string request_id;

  // The first one of this name; headers without regard to case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  // REQUIRES: the route's pattern has this parameter.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
};

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

// Decodes %XX; invalid_argument if an escape is not complete.
base::Result<std::string> percent_decoded(std::string_view text);
// The names and values of "a=1&b=two+words".
base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace zkp::network::http
