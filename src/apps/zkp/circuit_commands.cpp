// zkp circuit list | show: a client of the HTTP API.
#include <fmt/format.h>

#include "apps/zkp/api_client.h"
#include "apps/zkp/command.h"

namespace zkp::apps {
namespace {

struct CircuitOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string name;
};

base::Status print_answer(const CircuitOptions& options, const std::string& target) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  ZKP_TRY(const auto answer, api.call({.target = target}));
  fmt::print("{}\n", answer.dump(2));
  return {};
}

void declare_url(CLI::App& command, CircuitOptions& options) {
  command.add_option("--url", options.url, "Address of the API (default http://127.0.0.1:8080)")
      ->envname("ZKP_URL");
}

}  // namespace

void add_circuit_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("circuit", "The circuits of a network, over HTTP");
  group->require_subcommand(1);
  add_command<CircuitOptions>(
      *group, chosen, "list", "List the circuits", declare_url,
      [](const CircuitOptions& options, const Environment& /*environment*/) {
        return print_answer(options, "/api/v1/circuits");
      });
  add_command<CircuitOptions>(
      *group, chosen, "show", "Show a circuit: its inputs, sizes and digests",
      [](CLI::App& command, CircuitOptions& options) {
        command.add_option("name", options.name, "The circuit's name")->required();
        declare_url(command, options);
      },
      [](const CircuitOptions& options, const Environment& /*environment*/) {
        return print_answer(options, "/api/v1/circuits/" + encode_path(options.name));
      });
}

}  // namespace zkp::apps
