#pragma once

#include <atomic>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "network/http/request_body.h"
#include "network/http/server.h"

namespace zkp::network::http {

// What connections share. Outlives them.
struct ServerContext {
  Server::Options options;
  Router router;
  base::Random& random;
  std::atomic<bool> stopping = false;
};

// One client's connection: requests one after the other. Everything runs on its socket's strand.
class Connection {
 public:
  Connection(boost::asio::ip::tcp::socket socket, ServerContext& context);

  // Serves requests until the client or the server ends it.
  Task<void> serve();

  // Ends it as soon as no request is being served, or has begun to come in. Any thread; `self`
  // keeps it alive.
  static void close_when_idle(const std::shared_ptr<Connection>& self);

 private:
  struct Terms;

  Task<boost::system::error_code> wait_for_request();
  Task<bool> serve_one();
  Task<bool> serve(RequestParser& parser, Terms& terms);
  Task<Response> respond(Request& request, std::string_view target, RequestBody& body,
                         Terms& terms);
  Task<base::Result<Response>> handle(const Router::Route& route, Request& request,
                                      RequestBody& body);
  Task<bool> send(Response response, const Terms& terms);
  Task<void> drain();

  boost::beast::tcp_stream stream_;
  ServerContext& context_;
  ReadBuffer buffer_;
  bool serving_ = false;  // from a request's first byte to its answer's last
  bool closing_ = false;  // takes no other request
};

}  // namespace zkp::network::http
