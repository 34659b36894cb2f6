#pragma once

#include <chrono>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/result.h"

namespace zkp::test::perf {

struct Address {
  std::string host, port;
};
// http://HOST:PORT or HOST:PORT.
base::Result<Address> parse_url(const std::string& url);
base::Result<boost::asio::ip::tcp::endpoint> resolve(const Address& address);

struct Answer {
  int status = 0;
  std::string body;
};

// A connection that is kept alive, and opened anew when it broke or was idle for so long that the
// server may be closing it. One call at a time.
class Client {
 public:
  Client(const boost::asio::any_io_executor& executor, Address address,
         boost::asio::ip::tcp::endpoint endpoint);

  // A POST if there is a body, or else a GET; given up after `limit`.
  boost::asio::awaitable<base::Result<Answer>> call(std::string target, std::string body,
                                                    std::chrono::milliseconds limit);

 private:
  boost::asio::awaitable<base::Status> connect();

  const Address address_;
  const boost::asio::ip::tcp::endpoint endpoint_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  bool open_ = false;
  std::chrono::steady_clock::time_point last_used_;
};

}  // namespace zkp::test::perf
