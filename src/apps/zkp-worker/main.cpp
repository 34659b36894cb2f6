// zkp-worker: proves, for the coordinator that leads.
#include <filesystem>
#include <unistd.h>

#include "apps/program/machine.h"
#include "apps/program/program.h"
#include "apps/program/version.h"
#include "apps/program/witness_settings.h"
#include "base/log.h"
#include "network/rpc/channel.h"
#include "services/worker/status_pages.h"
#include "services/worker/worker.h"

namespace zkp::apps {
namespace {

std::string host_name() {
  std::string name(256, '\0');
  if (gethostname(name.data(), name.size() - 1) != 0) return "worker";
  name.resize(name.find('\0'));
  return name;
}

struct Settings {
  std::string id = host_name();
  std::vector<std::string> coordinators{"127.0.0.1:9090"};
  std::string http_listen = "127.0.0.1:8100";
  std::string data_dir = "/var/lib/zkp/worker";
  unsigned slots = core_count();
  unsigned threads = core_count();
  std::uint64_t memory_mib = physical_memory_bytes() >> 20;
  std::uint64_t key_memory_mib = physical_memory_bytes() >> 22;
  std::uint64_t key_disk_mib = 20 << 10;
  WitnessSettings witness;
  unsigned drain_grace_s = 60;
  bool insecure = false;
  LogSettings log;
};

void declare(CLI::App& app, Settings& settings) {
  add_setting(app, "id", settings.id, "Name of this worker, its own in the cluster");
  add_setting(app, "coordinators", settings.coordinators,
              "HOST:PORT of each coordinator, for workers; any of them knows the leader")
      ->delimiter(',');
  add_setting(app, "http-listen", settings.http_listen,
              "HOST:PORT of /health, /ready and /metrics");
  add_setting(app, "data-dir", settings.data_dir,
              "Folder of keys, and of results that are not acknowledged yet");
  add_setting(app, "slots", settings.slots, "Proofs at a time")->check(CLI::Range(1, 256));
  add_setting(app, "threads", settings.threads, "Threads that one proof may use")
      ->check(CLI::Range(1, 1024));
  add_setting(app, "memory-mib", settings.memory_mib,
              "Memory of this worker: larger proofs go to others");
  add_setting(app, "key-memory-mib", settings.key_memory_mib, "Of that, for keys that stay loaded");
  add_setting(app, "key-disk-mib", settings.key_disk_mib, "Disk for keys and witness programs");
  add_witness_settings(app, settings.witness);
  add_setting(app, "drain-grace-s", settings.drain_grace_s,
              "Time to finish what it has, once it is told to end");
  add_insecure_switch(app, settings.insecure);
  add_log_settings(app, settings.log);
}

base::Status run(const Settings& settings, SignalStop& signals) {
  ZKP_CHECK(check_exposure("http-listen", settings.http_listen, settings.insecure));
  ZKP_CHECK(start_logging(settings.log, settings.id));
  ZKP_TRY(const auto* kernels, choose_kernels());
  base::SystemRandom random;
  const prover::witness::Engine engine;
  ZKP_TRY(const auto worker,
          services::worker::Worker::start(
              {.id = {settings.id},
               .version = version(),
               .slots = settings.slots,
               .threads = settings.threads,
               .data_dir = settings.data_dir,
               .memory_bytes = settings.memory_mib << 20,
               .key_memory_bytes = settings.key_memory_mib << 20,
               .key_disk_bytes = settings.key_disk_mib << 20,
               .witness_limits = {.time = std::chrono::seconds(settings.witness.time_s),
                                  .memory_bytes = settings.witness.memory_mib << 20},
               .coordinators = {.coordinators = settings.coordinators,
                                .make_channel = network::rpc::open_channel},
               .on_drain = [&signals] { signals.request_stop(); }},
              {.kernels = *kernels, .random = random, .engine = engine}));
  ZKP_TRY(const auto status_server,
          services::status::StatusServer::start({.listen = settings.http_listen},
                                                services::worker::status_pages(*worker), random));
  base::log_info("Ready: {} slots, {} threads, kernels {}, HTTP {}", settings.slots,
                 settings.threads, kernels->name, status_server->address());
  wait_for(signals.token());
  base::log_info("Draining: takes no more, and has {} s to finish", settings.drain_grace_s);
  if (!worker->drain(std::chrono::seconds(settings.drain_grace_s))) {
    base::log_warning("the time is over; what is left goes to others");
  }
  return {};
}

}  // namespace
}  // namespace zkp::apps

int main(int argc, char** argv) {
  zkp::apps::Settings settings;
  return zkp::apps::run_service(
      argc, argv, "zkp-worker", "Proves, for the coordinator that leads",
      [&](CLI::App& app) { zkp::apps::declare(app, settings); },
      [&](zkp::apps::SignalStop& signals) { return zkp::apps::run(settings, signals); });
}
