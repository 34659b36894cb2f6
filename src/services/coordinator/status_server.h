#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "network/store/store.h"
#include "services/coordinator/coordinator.h"

// A coordinator's own HTTP: /health and /ready for whoever supervises it, /metrics for Prometheus.
namespace zkp::services::coordinator {

class StatusServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8090";
    std::string version;
  };
  // REQUIRES: all of them outlive the server.
  struct Ports {
    const Coordinator& coordinator;
    network::store::Store& store;
    base::Random& random;
  };
  static base::Result<std::unique_ptr<StatusServer>> start(const Options& options,
                                                           const Ports& ports);
  virtual ~StatusServer() = default;  // stops

  // HOST:PORT with the port that was bound.
  [[nodiscard]] virtual std::string address() const = 0;
};

// What /health and /metrics show.
std::string health_json(const ClusterState& state, const std::string& version);
std::string metrics_text(const ClusterState& state);

}  // namespace zkp::services::coordinator
