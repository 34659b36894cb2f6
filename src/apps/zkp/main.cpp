// zkp: the network in one process, the prover on files, and a client of the HTTP API.
#include <CLI/CLI.hpp>

#include "apps/program/machine.h"
#include "apps/program/program.h"
#include "apps/program/version.h"
#include "apps/zkp/command.h"

namespace zkp::apps {
namespace {

constexpr int kUsage = 2;

int run(int argc, char** argv) {
  return_freed_memory();
  CLI::App app(
      "A distributed zero-knowledge proof network: Groth16 over BN254, compatible with snarkjs",
      "zkp");
  app.set_version_flag("--version", "zkp " + version());
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Chosen chosen;
  add_dev_command(app, chosen);
  add_proof_commands(app, chosen);
  add_circuit_commands(app, chosen);
  add_groth16_commands(app, chosen);
  add_zkey_commands(app, chosen);
  add_wtns_commands(app, chosen);
  add_powersoftau_commands(app, chosen);
  add_r1cs_commands(app, chosen);
  add_bench_commands(app, chosen);
  add_cluster_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }

  const auto kernels = choose_kernels();
  if (!kernels.ok()) return report_error("zkp", kernels.error());
  base::SystemRandom random;
  const SignalStop signals;
  const auto status = chosen.run({.kernels = **kernels, .random = random, .stop = signals.token()});
  return status.ok() ? 0 : report_error("zkp", status.error());
}

}  // namespace
}  // namespace zkp::apps

int main(int argc, char** argv) { return zkp::apps::run(argc, argv); }
