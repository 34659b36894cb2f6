#include "services/status/status_server.h"

#include <utility>

#include "network/http/blocking_pool.h"
#include "network/http/server.h"

namespace zkp::services::status {
namespace {

namespace http = network::http;
using http::Request;
using Reply = base::Result<http::Response>;

class HttpStatusServer final : public StatusServer {
 public:
  explicit HttpStatusServer(Pages pages) : pages_(std::move(pages)), pool_(1) {}
  ~HttpStatusServer() override {
    if (server_) server_->stop();
    pool_.join();
    server_.reset();
  }

  base::Status listen(const std::string& address, base::Random& random) {
    http::Router router;
    router.add("GET", "/health", [this](const Request&) { return health(); });
    router.add("GET", "/ready", [this](const Request&) { return ready(); });
    router.add("GET", "/metrics", [this](const Request&) { return metrics(); });
    ZKP_TRY(server_,
            http::Server::start({.listen = address, .threads = 1}, std::move(router), random));
    return {};
  }
  [[nodiscard]] std::string address() const override { return server_->address(); }

 private:
  http::Task<Reply> health() { co_return http::Response{.body = pages_.health()}; }

  http::Task<Reply> ready() {
    auto body = co_await pool_.run([this] { return pages_.ready(); });
    if (!body.ok()) co_return body.error();
    co_return http::Response{.body = *std::move(body)};
  }

  http::Task<Reply> metrics() {
    co_return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                             .body = pages_.metrics()};
  }

  const Pages pages_;
  http::BlockingPool pool_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

base::Result<std::unique_ptr<StatusServer>> StatusServer::start(const Options& options, Pages pages,
                                                                base::Random& random) {
  auto server = std::make_unique<HttpStatusServer>(std::move(pages));
  ZKP_CHECK(server->listen(options.listen, random));
  return std::unique_ptr<StatusServer>(std::move(server));
}

}  // namespace zkp::services::status
