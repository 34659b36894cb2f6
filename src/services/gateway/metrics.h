#pragma once

#include <memory>
#include <string>

#include "network/http/server.h"
#include "network/store/store.h"

namespace prometheus {
class Registry;
}

namespace zkp::services::gateway {

// What is counted of requests and tasks, in a registry that other services share. Any thread.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);
  ~Metrics();

  void count(const network::http::Exchange& exchange);
  void set_tasks(const network::store::Counts& counts);
  // Everything in the registry, as Prometheus reads it.
  [[nodiscard]] std::string text() const;

 private:
  struct Families;
  prometheus::Registry& registry_;
  std::unique_ptr<Families> families_;
};

}  // namespace zkp::services::gateway
