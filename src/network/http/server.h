#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "network/http/router.h"

namespace zkp::network::http {

// One request and its answer, after the answer was sent.
struct Exchange {
  std::string_view method, route;  // route: the pattern; empty if none matched
  int status = 0;
  std::chrono::microseconds duration{};
};

// Serves HTTP/1.1 for a router. Knows nothing of what is served.
//
// Every answer carries X-Request-Id: the client's, if it is 1 to 64 of [A-Za-z0-9._-]. Errors are
// problem+json. A client that is too slow is cut off; over `most_connections`, new ones wait in the
// kernel's queue. Handlers run on the server's threads, those of one connection one at a time; they
// may suspend, and hand what blocks to a BlockingPool.
class Server {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8080";  // HOST:PORT, an IPv6 host in brackets; port 0: any
    // Instead of `listen`: a socket that listens already, and that other processes may take
    // connections from too. The server closes the descriptor, not the socket.
    std::optional<int> listen_socket;
    std::size_t threads = 2;
    std::size_t most_connections = 4096;
    std::uint32_t most_header_bytes = 16 << 10;
    std::uint64_t most_body_bytes = 5 << 20;           // where the body is read in full
    std::chrono::milliseconds header_timeout{30'000};  // also how long an idle connection is kept
    // Of a body that is read in full; of each BodySource::kMostPieceBytes of one that is streamed.
    std::chrono::milliseconds body_timeout{60'000};
    std::chrono::milliseconds write_timeout{30'000};  // of one answer, or one piece of a stream
    // While it stops: how long connections without a request are kept for one that may be on its
    // way, and how long requests that are being served may take after that.
    std::chrono::milliseconds idle_grace{0};
    std::chrono::milliseconds stop_timeout{5'000};
    std::function<void(const Exchange&)> on_exchange;  // any thread; quick; may be empty
  };

  // invalid_argument if `listen` is not an address, or `listen_socket` no such socket; unavailable
  // if it cannot be bound.
  // REQUIRES: random outlives the server.
  static base::Result<std::unique_ptr<Server>> start(Options options, Router router,
                                                     base::Random& random);
  virtual ~Server() = default;  // stops

  // HOST:PORT with the port that was bound.
  [[nodiscard]] virtual std::string address() const = 0;

  // Takes no more connections. Those that it has are closed after the answer to the request that is
  // being served, or to the next one within idle_grace; the answer says so. Requests that take
  // longer than stop_timeout are left suspended until the server is destroyed. No handler runs
  // after this returns.
  virtual void stop() = 0;
};

// HOST:PORT of a TCP socket that listens; invalid_argument for anything else.
base::Result<std::string> address_of(int listen_socket);

}  // namespace zkp::network::http
