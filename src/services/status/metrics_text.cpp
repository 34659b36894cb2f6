#include "services/status/metrics_text.h"

#include <utility>

#include <prometheus/text_serializer.h>

namespace zkp::services::status {

void MetricsText::add(const char* name, const char* help, Type type) {
  families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
}

void MetricsText::value(std::size_t value, Labels labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = metric.counter.value = static_cast<double>(value);
  families_.back().metric.push_back(std::move(metric));
}

std::string MetricsText::text() const { return prometheus::TextSerializer().Serialize(families_); }

}  // namespace zkp::services::status
