#include "services/coordinator/status_server.h"

#include <nlohmann/json.hpp>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "network/http/blocking_pool.h"
#include "network/http/server.h"

namespace zkp::services::coordinator {
namespace {

namespace consensus = network::consensus;
namespace http = network::http;
using base::Error;
using base::ErrorCode;
using http::Request;
using nlohmann::ordered_json;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Reply = base::Result<http::Response>;
using Labels = std::vector<prometheus::ClientMetric::Label>;

class Families {
 public:
  void add(const char* name, const char* help, MetricType type) {
    families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
  }
  // To the family that was added last.
  void value(std::size_t value, Labels labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = metric.counter.value = static_cast<double>(value);
    families_.back().metric.push_back(std::move(metric));
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer().Serialize(families_);
  }

 private:
  std::vector<MetricFamily> families_;
};

class HttpStatusServer final : public StatusServer {
 public:
  HttpStatusServer(const Options& options, const Ports& ports)
      : options_(options), ports_(ports), pool_(1) {}
  ~HttpStatusServer() override {
    if (server_) server_->stop();
    pool_.join();
    server_.reset();
  }

  base::Status listen() {
    http::Router router;
    router.add("GET", "/health", [this](const Request&) { return health(); });
    router.add("GET", "/ready", [this](const Request&) { return ready(); });
    router.add("GET", "/metrics", [this](const Request&) { return metrics(); });
    ZKP_TRY(server_, http::Server::start({.listen = options_.listen, .threads = 1},
                                         std::move(router), ports_.random));
    return {};
  }
  [[nodiscard]] std::string address() const override { return server_->address(); }

 private:
  http::Task<Reply> health() {
    co_return http::Response{.body = health_json(ports_.coordinator.cluster(), options_.version)};
  }

  http::Task<Reply> ready() {
    const base::Status store = co_await pool_.run([this] { return ports_.store.check(); });
    if (!store.ok()) co_return store.error();
    const std::string leader = ports_.coordinator.cluster().raft.leader_id;
    if (leader.empty()) co_return Error{ErrorCode::unavailable, "no coordinator leads at present"};
    co_return http::Response{.body =
                                 ordered_json{{"status", "ready"}, {"leader_id", leader}}.dump()};
  }

  http::Task<Reply> metrics() {
    co_return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                             .body = metrics_text(ports_.coordinator.cluster())};
  }

  const Options options_;
  const Ports ports_;
  http::BlockingPool pool_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

std::string health_json(const ClusterState& state, const std::string& version) {
  const auto& workers = state.worker_counts;
  return ordered_json{{"status", "healthy"},
                      {"coordinator_id", state.raft.node_id},
                      {"version", version},
                      {"raft",
                       {{"state", name_of(state.raft.role)},
                        {"is_leader", state.raft.role == consensus::Role::leader},
                        {"leader_id", state.raft.leader_id},
                        {"leader_address", state.raft.leader_address},
                        {"node_id", state.raft.node_id},
                        {"term", state.raft.term},
                        {"commit_index", state.raft.commit_index},
                        {"applied_index", state.raft.applied_index}}},
                      {"workers",
                       {{"total", workers.total},
                        {"active", workers.active},
                        {"suspect", workers.suspect},
                        {"draining", workers.draining},
                        {"quarantined", workers.quarantined},
                        {"dead", workers.dead}}},
                      {"capacity",
                       {{"total", state.capacity.total},
                        {"used", state.capacity.used},
                        {"available", state.capacity.available}}},
                      {"scheduler",
                       {{"tasks_assigned", state.scheduler.tasks_assigned},
                        {"assignments_failed", state.scheduler.assignments_failed},
                        {"poll_cycles", state.scheduler.poll_cycles},
                        {"queue_depth", state.scheduler.queue_depth}}}}
      .dump();
}

std::string metrics_text(const ClusterState& state) {
  const auto& workers = state.worker_counts;
  Families families;
  families.add("zkp_raft_is_leader", "1 where this coordinator leads", MetricType::Gauge);
  families.value(state.raft.role == consensus::Role::leader ? 1 : 0);
  families.add("zkp_raft_term", "Raft's present term", MetricType::Gauge);
  families.value(state.raft.term);
  families.add("zkp_raft_commit_index", "Last entry that is committed", MetricType::Gauge);
  families.value(state.raft.commit_index);
  families.add("zkp_raft_applied_index", "Last entry that is applied", MetricType::Gauge);
  families.value(state.raft.applied_index);
  families.add("zkp_workers", "Workers by state; the leader's are complete", MetricType::Gauge);
  families.value(workers.active, {{"state", "active"}});
  families.value(workers.suspect, {{"state", "suspect"}});
  families.value(workers.draining, {{"state", "draining"}});
  families.value(workers.quarantined, {{"state", "quarantined"}});
  families.value(workers.dead, {{"state", "dead"}});
  families.add("zkp_slots", "Slots of workers that are there", MetricType::Gauge);
  families.value(state.capacity.total, {{"state", "total"}});
  families.value(state.capacity.used, {{"state", "used"}});
  families.value(state.capacity.available, {{"state", "available"}});
  families.add("zkp_scheduler_queue_depth", "Pending tasks, as of the last poll",
               MetricType::Gauge);
  families.value(state.scheduler.queue_depth);
  families.add("zkp_scheduler_tasks_assigned_total", "Attempts given to workers in this leadership",
               MetricType::Counter);
  families.value(state.scheduler.tasks_assigned);
  families.add("zkp_scheduler_assignments_failed_total",
               "Attempts that ended without a result in this leadership", MetricType::Counter);
  families.value(state.scheduler.assignments_failed);
  families.add("zkp_scheduler_poll_cycles_total", "Polls of the store in this leadership",
               MetricType::Counter);
  families.value(state.scheduler.poll_cycles);
  return families.text();
}

base::Result<std::unique_ptr<StatusServer>> StatusServer::start(const Options& options,
                                                                const Ports& ports) {
  auto server = std::make_unique<HttpStatusServer>(options, ports);
  ZKP_CHECK(server->listen());
  return std::unique_ptr<StatusServer>(std::move(server));
}

}  // namespace zkp::services::coordinator
