#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

namespace zkp::services::status {

// Numbers that are read off at the moment of asking, as Prometheus reads them.
class MetricsText {
 public:
  using Type = prometheus::MetricType;
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  void add(const char* name, const char* help, Type type);
  // To the family that was added last.
  void value(std::size_t value, Labels labels = {});
  [[nodiscard]] std::string text() const;

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace zkp::services::status
