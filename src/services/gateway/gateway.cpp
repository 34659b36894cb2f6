#include "services/gateway/gateway.h"

#include "network/http/blocking_pool.h"
#include "network/http/server.h"
#include "services/gateway/circuit_handler.h"
#include "services/gateway/dashboard.h"
#include "services/gateway/metrics.h"
#include "services/gateway/proof_handler.h"
#include "services/gateway/registration_handler.h"
#include "services/gateway/replies.h"
#include "services/gateway/task_json.h"
#include "services/gateway/task_watch.h"
#include "services/gateway/verify_handler.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
using base::Error;
using base::ErrorCode;
using http::Request;
using nlohmann::ordered_json;
using Reply = base::Result<http::Response>;

ordered_json cluster_json(const ClusterState& cluster, const network::store::Counts& counts) {
  ordered_json json{{"leader_id", cluster.leader_id}, {"term", cluster.term}};
  json["coordinators"] = ordered_json::array();
  for (const auto& node : cluster.coordinators) {
    json["coordinators"].push_back(
        {{"id", node.id}, {"address", node.address}, {"role", node.role}});
  }
  json["workers"] = ordered_json::array();
  std::uint64_t total = 0, used = 0;
  for (const auto& worker : cluster.workers) {
    json["workers"].push_back({{"id", worker.id},
                               {"state", worker.state},
                               {"slots", worker.slots},
                               {"used", worker.used},
                               {"version", worker.version},
                               {"kernels", worker.kernels}});
    if (worker.state != "active") continue;
    total += worker.slots;
    used += worker.used;
  }
  json["capacity"] = {
      {"total", total}, {"used", used}, {"available", total - std::min(used, total)}};
  json["queue_depth"] = counts.pending;
  json["tasks"] = counts_json(counts);
  return json;
}

class HttpGateway final : public Gateway {
 public:
  HttpGateway(const Options& options, const Ports& ports)
      : options_(options),
        ports_(ports),
        metrics_(ports.registry),
        pool_(options.store_threads),
        watch_(ports.store),
        submissions_({ports.store, ports.seal, ports.clock, ports.random}, options.most_pending),
        registry_(
            {ports.store, ports.artifacts, ports.kernels, ports.clock, ports.random, submissions_}),
        proofs_({options.most_body_bytes, options.most_witness_bytes, options.reread,
                 options.heartbeat},
                {ports.store, ports.seal, ports.clock, submissions_, pool_, watch_}),
        circuits_(ports.store),
        registrations_({options.upload_folder, options.most_body_bytes}, {registry_, pool_}) {}

  ~HttpGateway() override { stop(); }

  base::Status listen() {
    http::Router router;
    add_api(router);
    add_service(router);
    for (const auto& route : router.routes()) routes_.emplace_back(route.method, route.pattern);
    http::Server::Options options{.listen = options_.listen,
                                  .listen_socket = options_.listen_socket,
                                  .most_body_bytes = options_.most_body_bytes,
                                  .idle_grace = options_.idle_grace};
    options.on_exchange = [this](const http::Exchange& exchange) { metrics_.count(exchange); };
    ZKP_TRY(server_, http::Server::start(std::move(options), std::move(router), ports_.random));
    return {};
  }

  [[nodiscard]] std::string address() const override { return server_->address(); }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> routes() const override {
    return routes_;
  }

  // The order matters: who waits is answered first; handlers that are left suspended go with the
  // server, after the pool has done what they handed over.
  void stop() override {
    watch_.close();
    registrations_.stop();
    if (server_) server_->stop();
    pool_.join();
    server_.reset();
  }

 private:
  using Call = std::function<Reply(const Request&)>;

  void add_blocking(http::Router& router, const char* method, const char* pattern, Call call) {
    router.add(method, pattern, [this, call = std::move(call)](const Request& request) {
      return on_pool(call, request);
    });
  }
  http::Task<Reply> on_pool(const Call& call, const Request& request) {
    co_return co_await pool_.run([&] { return call(request); });
  }

  void add_api(http::Router& router) {
    const auto proofs = [this](auto member) {
      return [this, member](const Request& request) { return (proofs_.*member)(request); };
    };
    const auto circuits = [this](auto member) {
      return [this, member](const Request& request) { return (circuits_.*member)(request); };
    };
    router.add_streamed("POST", "/api/v1/proof",
                        options_.most_body_bytes + options_.most_witness_bytes,
                        [this](const Request& request, http::BodySource& body) {
                          return proofs_.accept(request, body);
                        });
    router.add_streamed("PUT", "/api/v1/circuits/{type}", options_.most_circuit_bytes,
                        [this](const Request& request, http::BodySource& body) {
                          return registrations_.put(request, body);
                        });
    add_blocking(router, "GET", "/api/v1/proof", proofs(&ProofHandler::list));
    router.add("GET", "/api/v1/proof/{id}", proofs(&ProofHandler::get));
    add_blocking(router, "DELETE", "/api/v1/proof/{id}", proofs(&ProofHandler::cancel));
    router.add("GET", "/api/v1/proof/{id}/events", proofs(&ProofHandler::events));
    add_blocking(router, "POST", "/api/v1/verify",
                 [this](const Request& request) { return verify_proof(request, ports_.store); });

    add_blocking(router, "GET", "/api/v1/circuits", circuits(&CircuitHandler::list));
    for (const std::string name : {"/api/v1/circuits/{type}", "/api/v1/circuits/{type}/{sizes}"}) {
      add_blocking(router, "GET", name.c_str(), circuits(&CircuitHandler::get));
      add_blocking(router, "GET", (name + "/verification_key.json").c_str(),
                   circuits(&CircuitHandler::verification_key));
      add_blocking(router, "GET", (name + "/verifier.sol").c_str(),
                   circuits(&CircuitHandler::solidity_verifier));
    }
    add_blocking(router, "GET", "/api/v1/keys/{digest}/verification_key.json",
                 circuits(&CircuitHandler::verification_key_of_digest));
    add_blocking(router, "GET", "/api/v1/keys/{digest}/verifier.sol",
                 circuits(&CircuitHandler::solidity_verifier_of_digest));
    add_blocking(router, "GET", "/api/v1/cluster", [this](const Request&) { return cluster(); });
  }

  void add_service(http::Router& router) {
    router.add("GET", "/", [this](const Request& request) { return root(request); });
    router.add("GET", "/assets/{file}", &HttpGateway::asset);
    router.add("GET", "/health", [this](const Request&) { return health(); });
    add_blocking(router, "GET", "/ready", [this](const Request&) { return ready(); });
    add_blocking(router, "GET", "/metrics", [this](const Request&) { return metrics(); });
  }

  Reply cluster() {
    ZKP_TRY(const auto counts, ports_.store.counts());
    return json_reply(200, cluster_json(ports_.cluster.cluster(), counts));
  }

  http::Task<Reply> health() {
    co_return json_reply(
        200,
        {{"status", "healthy"}, {"service", "zkp-api-gateway"}, {"version", options_.version}});
  }

  Reply ready() {
    ZKP_CHECK(ports_.store.check());
    const std::string leader = ports_.cluster.cluster().leader_id;
    if (leader.empty()) return Error{ErrorCode::unavailable, "no coordinator leads at present"};
    return json_reply(200, {{"status", "ready"}, {"store", "reachable"}, {"leader_id", leader}});
  }

  Reply metrics() {
    ZKP_TRY(const auto counts, ports_.store.counts());
    metrics_.set_tasks(counts);
    return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                          .body = metrics_.text()};
  }

  http::Task<Reply> root(const Request& request) {
    const bool browser =
        request.header("Accept").value_or("").find("text/html") != std::string_view::npos;
    if (browser) co_return dashboard_file("index.html");
    co_return json_reply(200, {{"service", "zkp-api-gateway"}, {"version", options_.version}});
  }

  static http::Task<Reply> asset(const Request& request) {
    co_return dashboard_file(request.parameter("file"));
  }

  const Options options_;
  const Ports ports_;
  Metrics metrics_;
  http::BlockingPool pool_;
  TaskWatch watch_;
  Submissions submissions_;
  Registry registry_;
  ProofHandler proofs_;
  CircuitHandler circuits_;
  RegistrationHandler registrations_;
  std::vector<std::pair<std::string, std::string>> routes_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

base::Result<std::unique_ptr<Gateway>> Gateway::start(const Options& options, const Ports& ports) {
  auto gateway = std::make_unique<HttpGateway>(options, ports);
  ZKP_CHECK(gateway->listen());
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace zkp::services::gateway
