// zkp circuit list | show | add: a client of the HTTP API.
#include <fmt/format.h>

#include "apps/client/api_client.h"
#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "prover/ceremony/verify_key.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

using Json = nlohmann::ordered_json;

struct CircuitOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string name;
  // add
  std::string r1cs, wasm, zkey, ptau, input;
  bool allow_insecure_setup = false;
  int timeout_s = 600;
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

base::Result<Json> send_files(const ApiClient& api, const CircuitOptions& options,
                              const Environment& environment) {
  ApiClient::Request request{.method = "PUT",
                             .target = "/api/v1/circuits/" + encode_path(options.name),
                             .timeout_s = options.timeout_s,
                             .stop = environment.stop};
  if (options.allow_insecure_setup) request.target += "?allow_insecure_setup=true";
  const char* const kBytes = "application/octet-stream";
  request.parts = {{.name = "r1cs", .content_type = kBytes, .file = options.r1cs},
                   {.name = "wasm", .content_type = "application/wasm", .file = options.wasm},
                   {.name = "zkey", .content_type = kBytes, .file = options.zkey}};
  if (!options.input.empty()) {
    request.parts.push_back(
        {.name = "input", .content_type = "application/json", .file = options.input});
  }
  ProgressLine line(options.name);
  request.progress = line.fractions("sent");
  return api.call(request);
}

// On this machine, before anything is sent: the network cannot know where powers come from.
base::Status check_ceremony(const CircuitOptions& options, const Environment& environment) {
  using prover::iden3::MappedFile;
  ZKP_TRY(const auto r1cs, MappedFile::open(options.r1cs));
  ZKP_TRY_FILE(const auto system, options.r1cs, prover::iden3::read_r1cs(r1cs.bytes()));
  ZKP_TRY(const auto ptau, MappedFile::open(options.ptau));
  ZKP_TRY(const auto zkey, MappedFile::open(options.zkey));
  ProgressLine progress("verify");
  ZKP_TRY_FILE(const auto contributions, options.zkey,
               prover::ceremony::verify_key(system, ptau.bytes(), zkey.bytes(),
                                            {.kernels = environment.kernels,
                                             .random = environment.random,
                                             .stop = environment.stop,
                                             .progress = progress.listener()}));
  fmt::print(stderr, "{}: what {} contributions made of this circuit and these powers\n",
             options.zkey, contributions.list.size());
  return {};
}

// Sends the files; with an example input, also waits until the network has proved it.
base::Status add(const CircuitOptions& options, const Environment& environment) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  if (!options.ptau.empty()) ZKP_CHECK(check_ceremony(options, environment));
  ZKP_TRY(const Json answer, send_files(api, options, environment));
  fmt::print("{}\n", answer.dump(2));
  std::fflush(stdout);
  const std::string circuit = answer.value("circuit", options.name);
  if (answer.value("status", "") == "rejected") {
    return base::Error{base::ErrorCode::failed_precondition, circuit + " was rejected"};
  }
  const std::string trial = answer.value("trial_task", "");
  if (trial.empty()) return {};

  ZKP_TRY(const Json task, api.wait_for_task(trial, options.timeout_s, environment.stop));
  const std::string ended_as = task.value("status", "");
  if (ended_as == "completed") {
    fmt::print(stderr, "{} is available\n", circuit);
    return {};
  }
  std::string why =
      fmt::format("{} is not available: its trial proof ended as {}", circuit, ended_as);
  if (task.contains("error")) why += ": " + task["error"].value("message", "");
  return base::Error{base::ErrorCode::failed_precondition, why};
}

void declare_add(CLI::App& command, CircuitOptions& options) {
  command.add_option("name", options.name, "The circuit's name")->required();
  command.add_option("--r1cs", options.r1cs, "Constraint system (.r1cs)")->required();
  command.add_option("--wasm", options.wasm, "Witness program (.wasm)")->required();
  command.add_option("--zkey", options.zkey, "Proving key (.zkey)")->required();
  command.add_option("--ptau", options.ptau,
                     "Powers of tau (.ptau): checks first that the key is a ceremony's, as "
                     "`zkp zkey verify` does");
  command.add_option("--input", options.input,
                     "Example input (JSON); the circuit is available once it has been proved");
  command.add_flag("--allow-insecure-setup", options.allow_insecure_setup,
                   "Also take a key by which proofs can be forged");
  command.add_option("--timeout", options.timeout_s,
                     "Seconds to wait at most for the answer, and for the trial (default 600)");
  declare_url(command, options);
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
  add_command<CircuitOptions>(*group, chosen, "add",
                              "Register a circuit of circom's, or a new version of it", declare_add,
                              add);
}

}  // namespace zkp::apps
