// zkp proof submit | status | wait | list | cancel: a client of the HTTP API.
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "apps/client/api_client.h"
#include "apps/zkp/command.h"
#include "apps/zkp/files.h"

namespace zkp::apps {
namespace {

using Json = nlohmann::ordered_json;

struct ProofOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string task_id;
  // submit
  std::string circuit, inputs_file, witness_file, idempotency_key;
  std::vector<std::string> public_inputs;
  std::optional<int> priority, deadline_s, max_attempts;
  bool wait = false;
  int timeout_s = 600;
  // list
  std::string status, cursor;
  int limit = 50;
};

base::Result<std::string> read_input(const std::string& file) {
  if (file != "-") return read_text(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

// Prints the task. A task that failed or was cancelled is an error of the command that waited.
base::Status show_result(const Json& task) {
  fmt::print("{}\n", task.dump(2));
  const std::string status = task.value("status", "");
  if (status == "completed") return {};
  std::string why = "the task ended as " + status;
  if (task.contains("error")) why += ": " + task["error"].value("message", "");
  return base::Error{base::ErrorCode::failed_precondition, why};
}

base::Status wait_for(const ApiClient& api, const std::string& task_id, int timeout_s,
                      const Environment& environment) {
  ZKP_TRY(const Json task, api.wait_for_task(task_id, timeout_s, environment.stop));
  return show_result(task);
}

base::Result<Json> request_body(const ProofOptions& options) {
  Json body = {{"circuit_type", options.circuit}};
  if (!options.public_inputs.empty()) body["public_inputs"] = options.public_inputs;
  if (!options.inputs_file.empty()) {
    ZKP_TRY(const std::string text, read_input(options.inputs_file));
    const Json inputs = Json::parse(text, nullptr, false);
    if (!inputs.is_object()) {
      return base::Error{base::ErrorCode::invalid_argument,
                         options.inputs_file + ": want a JSON object with the inputs"};
    }
    const bool positional = inputs.contains("public_inputs") || inputs.contains("private_inputs");
    if (positional) {
      body.update(inputs);
    } else {
      body["inputs"] = inputs;
    }
  }
  Json& settings = body["options"] = Json::object();
  if (options.priority) settings["priority"] = *options.priority;
  if (options.deadline_s) settings["deadline_s"] = *options.deadline_s;
  if (options.max_attempts) settings["max_attempts"] = *options.max_attempts;
  if (settings.empty()) body.erase("options");
  return body;
}

base::Status submit(const ProofOptions& options, const Environment& environment) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  ZKP_TRY(const Json body, request_body(options));
  ApiClient::Request request{.method = "POST",
                             .target = "/api/v1/proof",
                             .idempotency_key = options.idempotency_key,
                             .stop = environment.stop};
  std::optional<ProgressLine> line;
  if (options.witness_file.empty()) {
    request.body = body.dump();
  } else {
    request.parts = {{.name = "task", .content_type = "application/json", .text = body.dump()},
                     {.name = "witness",
                      .content_type = "application/octet-stream",
                      .file = options.witness_file}};
    request.progress = line.emplace(options.witness_file).fractions("sent");
  }
  auto answer = api.call(request);
  line.reset();
  ZKP_TRY(const Json task, std::move(answer));
  if (options.wait) {
    return wait_for(api, task.value("task_id", ""), options.timeout_s, environment);
  }
  fmt::print("{}\n", task.dump(2));
  return {};
}

base::Status status(const ProofOptions& options, const Environment& /*environment*/) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  ZKP_TRY(const Json task, api.call({.target = "/api/v1/proof/" + encode_path(options.task_id)}));
  fmt::print("{}\n", task.dump(2));
  return {};
}

base::Status wait(const ProofOptions& options, const Environment& environment) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  return wait_for(api, options.task_id, options.timeout_s, environment);
}

base::Status cancel(const ProofOptions& options, const Environment& /*environment*/) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  ZKP_TRY(const Json task, api.call({.method = "DELETE",
                                     .target = "/api/v1/proof/" + encode_path(options.task_id)}));
  fmt::print("{}\n", task.dump(2));
  return {};
}

base::Status list(const ProofOptions& options, const Environment& /*environment*/) {
  ZKP_TRY(const ApiClient api, ApiClient::parse(options.url));
  std::string target = fmt::format("/api/v1/proof?limit={}", options.limit);
  if (!options.status.empty()) target += "&status=" + encode_path(options.status);
  if (!options.circuit.empty()) target += "&circuit_type=" + encode_path(options.circuit);
  if (!options.cursor.empty()) target += "&cursor=" + encode_path(options.cursor);
  ZKP_TRY(const Json page, api.call({.target = target}));
  fmt::print("{}\n", page.dump(2));
  return {};
}

void declare_url(CLI::App& command, ProofOptions& options) {
  command.add_option("--url", options.url, "Address of the API (default http://127.0.0.1:8080)")
      ->envname("ZKP_URL");
}

void declare_task(CLI::App& command, ProofOptions& options) {
  command.add_option("task_id", options.task_id, "The task's id")->required();
  declare_url(command, options);
}

void declare_submit(CLI::App& command, ProofOptions& options) {
  command.add_option("circuit", options.circuit, "Circuit, as `zkp circuit list` names it")
      ->required();
  CLI::Option* inputs = command.add_option(
      "--inputs", options.inputs_file,
      "JSON file with the inputs, or - for standard input: an object of named inputs, such as "
      "circom's input.json, or of public_inputs and private_inputs");
  CLI::Option* publics =
      command.add_option("--public", options.public_inputs, "Public inputs, in order");
  command
      .add_option("--witness", options.witness_file,
                  "Witness (.wtns) to send instead of inputs, for a registered circuit")
      ->excludes(inputs)
      ->excludes(publics);
  command.add_option("--priority", options.priority, "0 to 9 (default 5)");
  command.add_option("--deadline", options.deadline_s, "Seconds until the task fails");
  command.add_option("--max-attempts", options.max_attempts, "1 to 10 (default 3)");
  command.add_option("--idempotency-key", options.idempotency_key,
                     "The same key and inputs give the same task");
  command.add_flag("--wait", options.wait, "Wait for the result, and print it");
  command.add_option("--timeout", options.timeout_s, "Seconds to wait at most (default 600)");
  declare_url(command, options);
}

}  // namespace

void add_proof_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("proof", "Ask a network for proofs, over HTTP");
  group->require_subcommand(1);
  add_command<ProofOptions>(*group, chosen, "submit", "Submit a task", declare_submit, submit);
  add_command<ProofOptions>(*group, chosen, "status", "Show a task", declare_task, status);
  add_command<ProofOptions>(
      *group, chosen, "wait", "Wait until a task is over, and show it",
      [](CLI::App& command, ProofOptions& options) {
        declare_task(command, options);
        command.add_option("--timeout", options.timeout_s, "Seconds to wait at most (default 600)");
      },
      wait);
  add_command<ProofOptions>(*group, chosen, "cancel", "Cancel a task", declare_task, cancel);
  add_command<ProofOptions>(
      *group, chosen, "list", "List tasks, newest first",
      [](CLI::App& command, ProofOptions& options) {
        command.add_option("--status", options.status, "Only tasks in this state");
        command.add_option("--circuit", options.circuit, "Only tasks of this circuit type");
        command.add_option("--limit", options.limit, "Tasks on a page (default 50)");
        command.add_option("--cursor", options.cursor, "next_cursor of the page before");
        declare_url(command, options);
      },
      list);
}

}  // namespace zkp::apps
