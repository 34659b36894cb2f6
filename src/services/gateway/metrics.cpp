#include "services/gateway/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace zkp::services::gateway {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                       0.25,  0.5,    1,     2.5,  5,     10,   60};

}  // namespace

struct Metrics::Families {
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Histogram>& durations;
  prometheus::Family<prometheus::Gauge>& tasks;
};

Metrics::Metrics(prometheus::Registry& registry)
    : registry_(registry),
      families_(std::make_unique<Families>(Families{
          prometheus::BuildCounter()
              .Name("zkp_http_requests_total")
              .Help("Requests answered, by route and status")
              .Register(registry),
          prometheus::BuildHistogram()
              .Name("zkp_http_request_duration_seconds")
              .Help("From the request read to the answer sent, by route; waiting is part of it")
              .Register(registry),
          prometheus::BuildGauge()
              .Name("zkp_tasks")
              .Help("Tasks in the store, by state")
              .Register(registry)})) {}

Metrics::~Metrics() = default;

void Metrics::count(const network::http::Exchange& exchange) {
  // Labels come from the routes, never from the client: what matched none is counted together.
  const bool matched = !exchange.route.empty();
  const std::string method(matched ? exchange.method : "any");
  const std::string route(matched ? exchange.route : "none");
  families_->requests
      .Add({{"method", method}, {"route", route}, {"status", std::to_string(exchange.status)}})
      .Increment();
  families_->durations.Add({{"method", method}, {"route", route}}, kSeconds)
      .Observe(std::chrono::duration<double>(exchange.duration).count());
}

void Metrics::set_tasks(const network::store::Counts& counts) {
  const auto set = [this](const char* status, std::size_t count) {
    families_->tasks.Add({{"status", status}}).Set(static_cast<double>(count));
  };
  set("pending", counts.pending);
  set("assigned", counts.assigned);
  set("running", counts.running);
  set("completed", counts.completed);
  set("failed", counts.failed);
  set("cancelled", counts.cancelled);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace zkp::services::gateway
