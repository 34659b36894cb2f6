#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "network/store/artifact_store.h"
#include "network/store/store.h"
#include "prover/field/kernels.h"
#include "services/gateway/cluster_view.h"
#include "services/request/input_seal.h"

namespace prometheus {
class Registry;
}

namespace zkp::services::gateway {

// The HTTP API (api/openapi.yaml) and the dashboard. Keeps no state of its own: the store is the
// truth, so that any number of gateways may run.
class Gateway {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8080";  // HOST:PORT, an IPv6 host in brackets; port 0: any
    std::optional<int> listen_socket;       // instead; see network::http::Server
    // While it stops: how long connections without a request are kept for one on its way.
    std::chrono::milliseconds idle_grace{0};
    std::string version;
    std::size_t most_pending = 10'000;  // tasks that wait; more are answered with 429
    std::uint64_t most_body_bytes = 5 << 20;
    std::uint64_t most_witness_bytes = 32 << 20;                 // of a .wtns
    std::uint64_t most_circuit_bytes = std::uint64_t{16} << 30;  // of a registration's files
    std::filesystem::path upload_folder = "/tmp";                // where they are checked
    std::size_t store_threads = 16;  // for calls that block; the store commits for many at once
    // Who waits for a task reads it again this often, whatever the store's hints say.
    std::chrono::milliseconds reread{2'000};
    std::chrono::milliseconds heartbeat{15'000};  // of an event stream on which nothing happens
  };
  // REQUIRES: everything outlives the gateway.
  struct Ports {
    network::store::Store& store;
    network::store::ArtifactStore& artifacts;
    const request::InputSeal& seal;
    const ClusterView& cluster;
    const prover::field::Kernels& kernels;
    const base::Clock& clock;
    base::Random& random;
    // Other services may register in it too; /metrics shows all of it.
    prometheus::Registry& registry;
  };

  static base::Result<std::unique_ptr<Gateway>> start(const Options& options, const Ports& ports);
  virtual ~Gateway() = default;  // stops

  // HOST:PORT with the port that was bound.
  [[nodiscard]] virtual std::string address() const = 0;
  // Method and pattern of each call that it serves.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> routes() const = 0;
  // Answers who waits, then ends. No port is used any more after this returns.
  virtual void stop() = 0;
};

}  // namespace zkp::services::gateway
