#include "network/http/server.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>

#include <boost/asio.hpp>

#include "base/log.h"
#include "network/http/connection.h"

namespace zkp::network::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// How long to wait when the process has no descriptor for a new connection.
constexpr std::chrono::milliseconds kAcceptBackOff{100};

base::Result<tcp::endpoint> resolve(asio::io_context& io, const std::string& listen) {
  const base::Error malformed{base::ErrorCode::invalid_argument,
                              "listen: want HOST:PORT, got '" + listen + "'"};
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return malformed;
  std::string host = listen.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (!bracketed && host.find(':') != std::string::npos) return malformed;
  if (bracketed) host = host.substr(1, host.size() - 2);

  std::uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const auto [stopped, fault] = std::from_chars(listen.data() + colon + 1, end, port);
  if (fault != std::errc() || stopped != end) return malformed;

  error_code error;
  const auto found =
      tcp::resolver(io).resolve(host, std::to_string(port), tcp::resolver::passive, error);
  if (error || found.empty()) return malformed;
  return found.begin()->endpoint();
}

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

base::Result<tcp::endpoint> endpoint_of(int listen_socket) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  tcp::endpoint endpoint;
  socklen_t endpoint_size = static_cast<socklen_t>(endpoint.capacity());
  const bool known = getsockopt(listen_socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 &&
                     listens != 0 &&
                     getsockname(listen_socket, endpoint.data(), &endpoint_size) == 0;
  const int family = known ? endpoint.data()->sa_family : AF_UNSPEC;
  if (family != AF_INET && family != AF_INET6) {
    return base::Error{
        base::ErrorCode::invalid_argument,
        "descriptor " + std::to_string(listen_socket) + ": want a TCP socket that listens"};
  }
  endpoint.resize(endpoint_size);
  return endpoint;
}

class AsioServer final : public Server {
 public:
  AsioServer(Options options, Router router, base::Random& random)
      : context_{std::move(options), std::move(router), random},
        acceptor_(asio::make_strand(io_)),
        room_(acceptor_.get_executor()) {}

  ~AsioServer() override { stop(); }

  base::Status listen() {
    ZKP_CHECK(context_.options.listen_socket ? adopt(*context_.options.listen_socket) : bind());
    error_code error;
    address_ = text_of(acceptor_.local_endpoint(error));
    return {};
  }

  void run() {
    accepting_ = true;
    asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
    for (std::size_t i = 0; i < context_.options.threads; ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }

  [[nodiscard]] std::string address() const override { return address_; }

  void stop() override {
    if (context_.stopping.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [this] {
      close_listener();
      room_.cancel();
    });
    {
      std::unique_lock lock(mutex_);
      const auto all_closed = [this] { return connections_.empty() && !accepting_; };
      all_closed_.wait_for(lock, context_.options.stop_timeout, [this] { return !accepting_; });
      all_closed_.wait_for(lock, context_.options.idle_grace, all_closed);
      for (const auto& connection : connections_) Connection::close_when_idle(connection);
      all_closed_.wait_for(lock, context_.options.stop_timeout, all_closed);
    }
    io_.stop();
    for (auto& thread : threads_) thread.join();
    connections_.clear();  // those left over belong to their coroutines, which go with io_
  }

 private:
  base::Status bind() {
    ZKP_TRY(const auto endpoint, resolve(io_, context_.options.listen));
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return {};
    return base::Error{base::ErrorCode::unavailable,
                       "cannot listen on " + context_.options.listen + ": " + error.message()};
  }

  base::Status adopt(int listen_socket) {
    ZKP_TRY(const auto endpoint, endpoint_of(listen_socket));
    error_code error;
    acceptor_.assign(endpoint.protocol(), listen_socket, error);
    if (!error) return {};
    return base::Error{base::ErrorCode::unavailable,
                       "cannot listen on the given socket: " + error.message()};
  }

  // Released before it is closed: a socket that others hold too does not leave the set of those
  // that wake us by being closed.
  void close_listener() {
    if (!context_.options.listen_socket) take_those_who_wait();
    error_code error;
    const int descriptor = acceptor_.release(error);
    if (!error) ::close(descriptor);
  }

  Task<void> accept() {
    while (!context_.stopping) {
      co_await wait_for_room();
      if (context_.stopping) break;
      tcp::socket socket(asio::make_strand(io_));
      const auto [error] = co_await acceptor_.async_accept(socket, kNoThrow);
      if (error) {
        if (context_.stopping) break;
        base::log_warning("cannot accept a connection: {}", error.message());
        room_.expires_after(kAcceptBackOff);
        co_await room_.async_wait(kNoThrow);
        continue;
      }
      begin(std::move(socket));
    }
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    all_closed_.notify_all();
  }

  // Of a socket that is ours alone: the kernel resets who is left in its queue.
  void take_those_who_wait() {
    error_code error;
    acceptor_.non_blocking(true, error);
    while (!error && connection_count_ < context_.options.most_connections) {
      tcp::socket socket(asio::make_strand(io_));
      acceptor_.accept(socket, error);
      if (!error) begin(std::move(socket));
    }
  }

  // Runs on the acceptor's strand, as forget() does, so that no wake-up is missed.
  Task<void> wait_for_room() {
    while (connection_count_ >= context_.options.most_connections && !context_.stopping) {
      room_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await room_.async_wait(kNoThrow);
    }
  }

  void begin(tcp::socket socket) {
    const auto executor = socket.get_executor();
    auto connection = std::make_shared<Connection>(std::move(socket), context_);
    ++connection_count_;
    {
      const std::lock_guard lock(mutex_);
      connections_.insert(connection);
    }
    asio::co_spawn(
        executor, [connection] { return connection->serve(); },
        [this, connection](const std::exception_ptr&) { forget(connection); });
  }

  void forget(const std::shared_ptr<Connection>& connection) {
    asio::post(acceptor_.get_executor(), [this] {
      --connection_count_;
      room_.cancel();
    });
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
    all_closed_.notify_all();
  }

  ServerContext context_;
  std::mutex mutex_;  // of the two below
  std::set<std::shared_ptr<Connection>> connections_;
  bool accepting_ = false;
  std::condition_variable all_closed_;
  std::size_t connection_count_ = 0;  // on the acceptor's strand
  std::string address_;
  // Last, so that suspended coroutines, which use all of the above, go first.
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer room_;  // wakes accept() when a connection ends
  std::vector<std::thread> threads_;
};

}  // namespace

base::Result<std::unique_ptr<Server>> Server::start(Options options, Router router,
                                                    base::Random& random) {
  auto server = std::make_unique<AsioServer>(std::move(options), std::move(router), random);
  ZKP_CHECK(server->listen());
  server->run();
  return std::unique_ptr<Server>(std::move(server));
}

base::Result<std::string> address_of(int listen_socket) {
  ZKP_TRY(const auto endpoint, endpoint_of(listen_socket));
  return text_of(endpoint);
}

}  // namespace zkp::network::http
