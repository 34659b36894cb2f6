// zkp-coordinator: one of the nodes that agree by Raft who leads; the leader schedules.
#include <algorithm>

#include <fmt/format.h>

#include "apps/program/database.h"
#include "apps/program/members.h"
#include "apps/program/program.h"
#include "apps/program/version.h"
#include "base/log.h"
#include "network/consensus/raft/raft.h"
#include "network/rpc/coordinator_server.h"
#include "network/store/postgres/postgres_artifacts.h"
#include "services/coordinator/coordinator.h"
#include "services/coordinator/status_pages.h"

namespace zkp::apps {
namespace {

using std::chrono::milliseconds;

struct Settings {
  std::string id;
  std::vector<std::string> cluster;
  std::string address;
  std::string raft_listen, worker_listen, http_listen;
  std::string data_dir = "/var/lib/zkp/coordinator";
  DatabaseSettings database;
  unsigned election_ms = 500, raft_heartbeat_ms = 100, connect_retry_ms = 250;
  unsigned heartbeat_ms = 2000, heartbeats_missed = 3, poll_ms = 2000;
  unsigned retention_days = 30;
  bool insecure = false;
  LogSettings log;
};

void declare(CLI::App& app, Settings& settings) {
  add_setting(app, "id", settings.id, "Name of this coordinator, such as coordinator-1")
      ->required();
  add_setting(app, "cluster", settings.cluster,
              "The coordinators that a new cluster begins with, the same for each of them: "
              "ID=RAFT/WORKER/HTTP, three HOST:PORT; without it, this one waits to be added")
      ->delimiter(',');
  add_setting(app, "address", settings.address,
              "RAFT/WORKER/HTTP that others reach this one at; else as in --cluster");
  add_setting(app, "raft-listen", settings.raft_listen,
              "HOST:PORT for the other coordinators; else as others reach it");
  add_setting(app, "worker-listen", settings.worker_listen,
              "HOST:PORT for workers, gateways and operators; else as others reach it");
  add_setting(app, "http-listen", settings.http_listen,
              "HOST:PORT of /health, /ready and /metrics; else as others reach it");
  add_setting(app, "data-dir", settings.data_dir, "Folder of Raft's log; never copy or restore it");
  add_database_settings(app, settings.database);
  const CLI::Range any_ms(10, 600'000);
  add_setting(app, "election-ms", settings.election_ms,
              "A follower stands for election after one to two times this silence")
      ->check(any_ms);
  add_setting(app, "raft-heartbeat-ms", settings.raft_heartbeat_ms, "Between Raft's heartbeats")
      ->check(any_ms);
  add_setting(app, "connect-retry-ms", settings.connect_retry_ms,
              "Between attempts to reach another coordinator")
      ->check(any_ms);
  add_setting(app, "heartbeat-ms", settings.heartbeat_ms, "Between a worker's heartbeats")
      ->check(any_ms);
  add_setting(app, "heartbeats-missed", settings.heartbeats_missed,
              "Missed heartbeats that end a worker's lease")
      ->check(CLI::Range(1, 100));
  add_setting(app, "poll-ms", settings.poll_ms, "Between polls of the database")->check(any_ms);
  add_setting(app, "retention-days", settings.retention_days, "How long finished tasks are kept")
      ->check(CLI::Range(1, 36'500));
  add_insecure_switch(app, settings.insecure);
  add_log_settings(app, settings.log);
}

// This coordinator among `members`, or as --address says.
base::Result<network::consensus::Member> self_of(
    const Settings& settings, const std::vector<network::consensus::Member>& members) {
  if (!settings.address.empty()) return parse_member(settings.id + "=" + settings.address);
  const auto found = std::ranges::find(members, settings.id, &network::consensus::Member::id);
  if (found != members.end()) return *found;
  return base::Error{
      base::ErrorCode::invalid_argument,
      fmt::format("--id {}: it is not in --cluster, and --address does not say where others reach "
                  "it",
                  settings.id)};
}

struct Addresses {
  network::consensus::Member self;
  std::vector<network::consensus::Member> first_members;
  std::string raft_listen, worker_listen, http_listen;
};

base::Result<Addresses> read_addresses(const Settings& settings) {
  Addresses addresses;
  for (const std::string& text : settings.cluster) {
    ZKP_TRY(addresses.first_members.emplace_back(), parse_member(text));
  }
  ZKP_TRY(addresses.self, self_of(settings, addresses.first_members));
  const auto either = [](const std::string& first, const std::string& second) {
    return first.empty() ? second : first;
  };
  addresses.raft_listen = either(settings.raft_listen, addresses.self.raft_address);
  addresses.worker_listen = either(settings.worker_listen, addresses.self.worker_address);
  addresses.http_listen = either(settings.http_listen, addresses.self.http_address);
  ZKP_CHECK(check_exposure("raft-listen", addresses.raft_listen, settings.insecure));
  ZKP_CHECK(check_exposure("worker-listen", addresses.worker_listen, settings.insecure));
  ZKP_CHECK(check_exposure("http-listen", addresses.http_listen, settings.insecure));
  return addresses;
}

services::coordinator::CoordinatorOptions coordinator_options(const Settings& settings,
                                                              SignalStop& signals,
                                                              std::string& failure) {
  return {.scheduler = {.heartbeat = milliseconds(settings.heartbeat_ms),
                        .heartbeats_missed = static_cast<int>(settings.heartbeats_missed),
                        .poll = milliseconds(settings.poll_ms),
                        .retention = std::chrono::days(settings.retention_days)},
          .on_failure = [&](const std::string& why) {
            failure = why;
            signals.request_stop();
          }};
}

base::Status run(const Settings& settings, SignalStop& signals) {
  ZKP_TRY(const Addresses addresses, read_addresses(settings));
  ZKP_CHECK(start_logging(settings.log, settings.id));
  base::SystemRandom random;
  base::SystemClock clock;
  ZKP_TRY(const auto seal, services::request::InputSeal::read_file(settings.database.inputs_key));
  ZKP_TRY(const auto store, open_database(settings.database.database, signals.token()));
  ZKP_TRY(const auto artifacts,
          network::store::open_postgres_artifacts({.connection = settings.database.database}));
  network::consensus::Raft raft({.self = addresses.self,
                                 .data_dir = settings.data_dir,
                                 .listen_address = addresses.raft_listen,
                                 .bootstrap_members = addresses.first_members,
                                 .election = milliseconds(settings.election_ms),
                                 .heartbeat = milliseconds(settings.raft_heartbeat_ms),
                                 .connect_retry = milliseconds(settings.connect_retry_ms)});
  std::string failure;
  ZKP_TRY(const auto coordinator,
          services::coordinator::Coordinator::start(coordinator_options(settings, signals, failure),
                                                    {.store = *store,
                                                     .artifacts = *artifacts,
                                                     .consensus = raft,
                                                     .seal = seal,
                                                     .clock = clock,
                                                     .random = random}));
  ZKP_TRY(const auto server,
          network::rpc::CoordinatorServer::start(
              {.listen = addresses.worker_listen},
              {coordinator->sessions(), coordinator->administration(), *artifacts}));
  ZKP_TRY(const auto status_server,
          services::status::StatusServer::start(
              {.listen = addresses.http_listen},
              services::coordinator::status_pages(*coordinator, *store, version()), random));
  base::log_info("Ready: Raft {}, workers {}, HTTP {}", addresses.raft_listen,
                 addresses.worker_listen, status_server->address());
  wait_for(signals.token());

  server->stop();
  coordinator->stop();
  if (!failure.empty()) return base::Error{base::ErrorCode::internal, failure};
  return {};
}

}  // namespace
}  // namespace zkp::apps

int main(int argc, char** argv) {
  zkp::apps::Settings settings;
  return zkp::apps::run_service(
      argc, argv, "zkp-coordinator",
      "One of the nodes that agree by Raft who leads; the leader schedules",
      [&](CLI::App& app) { zkp::apps::declare(app, settings); },
      [&](zkp::apps::SignalStop& signals) { return zkp::apps::run(settings, signals); });
}
