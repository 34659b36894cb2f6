// zkp cluster, zkp worker: ask the coordinators, and have the leader change something.
#include <fmt/format.h>

#include "apps/program/members.h"
#include "apps/program/program.h"
#include "apps/zkp/command.h"
#include "network/rpc/administration_client.h"
#include "network/rpc/channel.h"

namespace zkp::apps {
namespace {

using network::rpc::AdministrationClient;

struct ClusterOptions {
  std::vector<std::string> coordinators{"127.0.0.1:9090"};
  std::string name;
};

AdministrationClient connect(const ClusterOptions& options) {
  return AdministrationClient(
      {.coordinators = options.coordinators, .make_channel = network::rpc::open_channel});
}

void declare_coordinators(CLI::App& command, ClusterOptions& options) {
  add_setting(command, "coordinators", options.coordinators,
              "HOST:PORT of each coordinator, for workers")
      ->delimiter(',');
}

// What it says of itself, for each coordinator that is asked.
base::Status show_status(const ClusterOptions& options, const Environment& /*environment*/) {
  const AdministrationClient client = connect(options);
  const auto descriptions = client.describe_each();
  const v1::ClusterDescription* leader = network::rpc::leaders_description(descriptions);
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    const auto& one = descriptions[i];
    if (one.ok()) {
      fmt::print("{:<24} {:<12} term {}\n", one->coordinator_id(), one->role(), one->term());
    } else {
      fmt::print("{:<24} unreachable: {}\n", options.coordinators[i], one.error().message);
    }
  }
  if (leader == nullptr) {
    return base::Error{base::ErrorCode::unavailable, "no coordinator that was asked leads"};
  }
  fmt::print("\nmembers of the cluster, as {} has them:\n", leader->coordinator_id());
  for (const auto& member : leader->coordinators()) {
    fmt::print("{:<24} {:<8} Raft {}, workers {}, HTTP {}\n", member.id(),
               member.voter() ? "voter" : "stand-by", member.raft_address(),
               member.worker_address(), member.http_address());
  }
  return {};
}

base::Status add_coordinator(const ClusterOptions& options, const Environment& /*environment*/) {
  ZKP_TRY(const auto member, parse_member(options.name));
  v1::CoordinatorAddress coordinator;
  coordinator.set_id(member.id);
  coordinator.set_raft_address(member.raft_address);
  coordinator.set_worker_address(member.worker_address);
  coordinator.set_http_address(member.http_address);
  coordinator.set_voter(true);
  ZKP_CHECK(connect(options).add_coordinator(coordinator));
  fmt::print("{} is a member, and votes\n", member.id);
  return {};
}

base::Status remove_coordinator(const ClusterOptions& options, const Environment& /*environment*/) {
  ZKP_CHECK(connect(options).remove_coordinator(options.name));
  fmt::print("{} is no member\n", options.name);
  return {};
}

base::Status transfer(const ClusterOptions& options, const Environment& /*environment*/) {
  const AdministrationClient client = connect(options);
  ZKP_CHECK(client.transfer_leadership(options.name));
  fmt::print("leadership is handed over{}\n", options.name.empty() ? "" : " to " + options.name);
  return {};
}

base::Status list_workers(const ClusterOptions& options, const Environment& /*environment*/) {
  ZKP_TRY(const auto cluster, connect(options).describe());
  for (const auto& worker : cluster.workers()) {
    fmt::print("{:<24} {:<12} {}/{} slots, {} MiB, kernels {}, version {}{}\n", worker.id(),
               worker.state(), worker.used(), worker.slots(), worker.memory_bytes() >> 20,
               worker.kernels(), worker.version(),
               worker.reason().empty() ? "" : ": " + worker.reason());
  }
  return {};
}

base::Status drain_worker(const ClusterOptions& options, const Environment& /*environment*/) {
  ZKP_CHECK(connect(options).drain_worker(options.name));
  fmt::print("{} takes no more, finishes what it has, and ends\n", options.name);
  return {};
}

auto declare_name(const char* description) {
  return [description](CLI::App& command, ClusterOptions& options) {
    command.add_option("name", options.name, description)->required();
    declare_coordinators(command, options);
  };
}

}  // namespace

void add_cluster_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* cluster = app.add_subcommand("cluster", "The coordinators of a cluster");
  cluster->require_subcommand(1);
  add_command<ClusterOptions>(*cluster, chosen, "status", "Who leads, and who is a member",
                              declare_coordinators, show_status);
  add_command<ClusterOptions>(
      *cluster, chosen, "add", "Make a coordinator that waits to be added a member",
      declare_name("ID=RAFT/WORKER/HTTP, with three HOST:PORT"), add_coordinator);
  add_command<ClusterOptions>(*cluster, chosen, "remove", "Remove a coordinator",
                              declare_name("Its id"), remove_coordinator);
  add_command<ClusterOptions>(
      *cluster, chosen, "transfer", "Hand leadership to another coordinator",
      [](CLI::App& command, ClusterOptions& options) {
        command.add_option("name", options.name, "Its id; else to whichever is fit");
        declare_coordinators(command, options);
      },
      transfer);

  CLI::App* worker = app.add_subcommand("worker", "The workers of a cluster");
  worker->require_subcommand(1);
  add_command<ClusterOptions>(*worker, chosen, "list", "List the workers", declare_coordinators,
                              list_workers);
  add_command<ClusterOptions>(*worker, chosen, "drain", "Have a worker finish what it has, and end",
                              declare_name("Its id"), drain_worker);
}

}  // namespace zkp::apps
