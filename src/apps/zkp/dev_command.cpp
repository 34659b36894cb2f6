// zkp dev: the whole network in one process, its data in one folder.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <prometheus/registry.h>

#include "apps/program/machine.h"
#include "apps/program/program.h"
#include "apps/program/version.h"
#include "apps/program/witness_settings.h"
#include "apps/zkp/command.h"
#include "base/time.h"
#include "network/consensus/solo/solo.h"
#include "network/rpc/coordinator_server.h"
#include "network/store/sqlite/file_artifacts.h"
#include "network/store/sqlite/sqlite_store.h"
#include "services/coordinator/coordinator.h"
#include "services/gateway/gateway.h"
#include "services/gateway/remote_cluster.h"
#include "services/worker/worker.h"

namespace zkp::apps {
namespace {

constexpr const char* kCoordinatorId = "coordinator-1";
constexpr const char* kInProcess = "in-process";

std::string default_data_dir() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != 0) {
    return (std::filesystem::path(data) / "zkp").string();
  }
  const char* home = std::getenv("HOME");
  return (std::filesystem::path(home == nullptr ? "." : home) / ".local/share/zkp").string();
}

struct DevOptions {
  std::string data_dir = default_data_dir();
  std::string listen = "127.0.0.1:8080";
  unsigned slots = core_count();
  std::size_t most_pending = 10'000;
  WitnessSettings witness;
  bool insecure = false;
  LogSettings log;
};

services::worker::WorkerOptions worker_options(const DevOptions& options,
                                               network::rpc::CoordinatorServer& server) {
  const std::uint64_t memory = physical_memory_bytes();
  return {.id = {"worker-1"},
          .version = version(),
          .slots = options.slots,
          .threads = core_count(),
          .data_dir = std::filesystem::path(options.data_dir) / "worker-1",
          .memory_bytes = memory,
          .key_memory_bytes = memory / 4,
          .key_disk_bytes = std::uint64_t{20} << 30,
          .witness_limits = {.time = std::chrono::seconds(options.witness.time_s),
                             .memory_bytes = options.witness.memory_mib << 20},
          .coordinators = {.coordinators = {kInProcess}, .make_channel = [&](const std::string&) {
                             return server.in_process_channel();
                           }}};
}

base::Status run_dev(const DevOptions& options, const Environment& environment) {
  ZKP_CHECK(check_exposure("listen", options.listen, options.insecure));
  ZKP_CHECK(start_logging(options.log, "dev"));
  const std::filesystem::path folder = options.data_dir;
  base::Random& random = environment.random;
  base::SystemClock clock;
  const prover::witness::Engine engine;

  ZKP_TRY(const auto store, network::store::open_sqlite_store(folder));
  ZKP_TRY(const auto artifacts, network::store::open_file_artifacts(folder / "artifacts"));
  ZKP_TRY(const auto seal, services::request::InputSeal::from_file(folder / "inputs.key", random));
  ZKP_TRY(const auto last_term, store->last_term());
  network::consensus::Solo consensus(
      {.node_id = kCoordinatorId, .address = kInProcess, .term = last_term.next().value});

  ZKP_TRY(const auto coordinator,
          services::coordinator::Coordinator::start({}, {.store = *store,
                                                         .artifacts = *artifacts,
                                                         .consensus = consensus,
                                                         .seal = seal,
                                                         .clock = clock,
                                                         .random = random}));
  ZKP_TRY(const auto server,
          network::rpc::CoordinatorServer::start(
              {}, {coordinator->sessions(), coordinator->administration(), *artifacts}));
  ZKP_TRY(auto worker, services::worker::Worker::start(
                           worker_options(options, *server),
                           {.kernels = environment.kernels, .random = random, .engine = engine}));
  const services::gateway::RemoteCluster cluster(
      {.coordinators = {kInProcess},
       .make_channel = [&](const std::string&) { return server->in_process_channel(); }});
  prometheus::Registry registry;
  ZKP_TRY(const auto gateway,
          services::gateway::Gateway::start({.listen = options.listen,
                                             .version = version(),
                                             .most_pending = options.most_pending,
                                             .upload_folder = folder},
                                            {.store = *store,
                                             .artifacts = *artifacts,
                                             .seal = seal,
                                             .cluster = cluster,
                                             .kernels = environment.kernels,
                                             .clock = clock,
                                             .random = random,
                                             .registry = registry}));

  fmt::print("zkp dev: http://{}/ is the API and, in a browser, the dashboard\n",
             gateway->address());
  fmt::print("zkp dev: data in {}, {} slots, kernels {}; Ctrl-C ends it\n", folder.string(),
             options.slots, environment.kernels.name);
  std::fflush(stdout);
  wait_for(environment.stop);

  gateway->stop();
  worker.reset();
  server->stop();
  coordinator->stop();
  return {};
}

}  // namespace

void add_dev_command(CLI::App& app, Chosen& chosen) {
  add_command<DevOptions>(
      app, chosen, "dev", "Run the whole network in one process",
      [](CLI::App& command, DevOptions& options) {
        add_setting(command, "data-dir", options.data_dir, "Folder of everything that is kept");
        add_setting(command, "listen", options.listen, "HOST:PORT of the HTTP API; port 0: any");
        add_setting(command, "slots", options.slots, "Proofs at a time")->check(CLI::Range(1, 256));
        add_setting(command, "most-pending", options.most_pending,
                    "Tasks that may wait; more are refused with 429");
        add_witness_settings(command, options.witness);
        add_insecure_switch(command, options.insecure);
        add_log_settings(command, options.log);
      },
      run_dev);
}

}  // namespace zkp::apps
