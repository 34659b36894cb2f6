// zkp-api-gateway: the HTTP API and the dashboard of a cluster. Keeps no state.
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "apps/program/database.h"
#include "apps/program/inherited_socket.h"
#include "apps/program/machine.h"
#include "apps/program/program.h"
#include "apps/program/version.h"
#include "base/log.h"
#include "network/http/server.h"
#include "network/rpc/channel.h"
#include "network/store/postgres/postgres_artifacts.h"
#include "services/gateway/gateway.h"
#include "services/gateway/remote_cluster.h"

namespace zkp::apps {
namespace {

struct Settings {
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> coordinators{"127.0.0.1:9090"};
  DatabaseSettings database;
  std::size_t most_pending = 10'000;
  std::uint64_t most_body_kib = 5 << 10;
  unsigned idle_grace_ms = 4000;
  std::uint64_t most_witness_mib = 32;
  std::uint64_t most_circuit_mib = 16 << 10;
  std::string upload_dir = "/tmp";
  bool insecure = false;
  LogSettings log;
};

void declare(CLI::App& app, Settings& settings) {
  add_setting(app, "listen", settings.listen,
              "HOST:PORT of the HTTP API; not used if systemd hands over a socket");
  add_setting(app, "coordinators", settings.coordinators,
              "HOST:PORT of each coordinator, for workers")
      ->delimiter(',');
  add_database_settings(app, settings.database);
  add_setting(app, "most-pending", settings.most_pending,
              "Tasks that may wait; more are refused with 429");
  add_setting(app, "most-body-kib", settings.most_body_kib,
              "Size of a request's body; larger ones are refused with 413")
      ->check(CLI::Range(1, 1 << 20));
  add_setting(app, "most-witness-mib", settings.most_witness_mib,
              "Size of a ready witness (.wtns) that a client brings")
      ->check(CLI::Range(1, 32));
  add_setting(app, "most-circuit-mib", settings.most_circuit_mib,
              "Size of a circuit's files in a registration")
      ->check(CLI::Range(1, 1 << 20));
  add_setting(app, "upload-dir", settings.upload_dir,
              "Folder for a circuit's files while they are checked")
      ->check(CLI::ExistingDirectory);
  add_setting(app, "idle-grace-ms", settings.idle_grace_ms,
              "Once it is told to end: how long idle connections are kept for a request on its way")
      ->check(CLI::Range(0, 600'000));
  add_insecure_switch(app, settings.insecure);
  add_log_settings(app, settings.log);
}

// The socket that was handed over, if there is one that others may be allowed to reach.
base::Result<std::optional<int>> find_socket(const Settings& settings) {
  ZKP_TRY(const auto socket, inherited_socket());
  std::string address = settings.listen;
  if (socket) {
    ZKP_TRY(address, network::http::address_of(*socket));
  }
  ZKP_CHECK(check_exposure("listen", address, settings.insecure));
  return socket;
}

base::Status run(const Settings& settings, SignalStop& signals) {
  ZKP_TRY(const auto socket, find_socket(settings));
  ZKP_CHECK(start_logging(settings.log, "zkp-api-gateway"));
  ZKP_TRY(const auto* kernels, choose_kernels());
  base::SystemRandom random;
  base::SystemClock clock;
  ZKP_TRY(const auto seal, services::request::InputSeal::read_file(settings.database.inputs_key));
  ZKP_TRY(const auto store, open_database(settings.database.database, signals.token()));
  ZKP_TRY(const auto artifacts,
          network::store::open_postgres_artifacts({.connection = settings.database.database}));
  const services::gateway::RemoteCluster cluster(
      {.coordinators = settings.coordinators, .make_channel = network::rpc::open_channel});
  prometheus::Registry registry;
  prometheus::BuildGauge()
      .Name("zkp_build_info")
      .Help("1, of the version that the label names")
      .Register(registry)
      .Add({{"version", version()}})
      .Set(1);
  ZKP_TRY(const auto gateway, services::gateway::Gateway::start(
                                  {.listen = settings.listen,
                                   .listen_socket = socket,
                                   .idle_grace = std::chrono::milliseconds(settings.idle_grace_ms),
                                   .version = version(),
                                   .most_pending = settings.most_pending,
                                   .most_body_bytes = settings.most_body_kib << 10,
                                   .most_witness_bytes = settings.most_witness_mib << 20,
                                   .most_circuit_bytes = settings.most_circuit_mib << 20,
                                   .upload_folder = settings.upload_dir},
                                  {.store = *store,
                                   .artifacts = *artifacts,
                                   .seal = seal,
                                   .cluster = cluster,
                                   .kernels = *kernels,
                                   .clock = clock,
                                   .random = random,
                                   .registry = registry}));
  base::log_info("http://{}/ is the API and, in a browser, the dashboard", gateway->address());
  wait_for(signals.token());
  gateway->stop();
  return {};
}

}  // namespace
}  // namespace zkp::apps

int main(int argc, char** argv) {
  zkp::apps::Settings settings;
  return zkp::apps::run_service(
      argc, argv, "zkp-api-gateway", "The HTTP API and the dashboard of a cluster",
      [&](CLI::App& app) { zkp::apps::declare(app, settings); },
      [&](zkp::apps::SignalStop& signals) { return zkp::apps::run(settings, signals); });
}
