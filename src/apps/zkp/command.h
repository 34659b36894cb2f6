#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include <CLI/CLI.hpp>

#include "base/random.h"
#include "base/result.h"
#include "prover/field/kernels.h"

namespace zkp::apps {

// What a command gets from main().
struct Environment {
  const prover::field::Kernels& kernels;
  base::Random& random;
  std::stop_token stop;  // asked for by SIGINT and SIGTERM
};

// Ends the program with its message on standard error, and status 1.
using Run = std::function<base::Status(const Environment&)>;

// What main() runs once the arguments are read.
struct Chosen {
  Run run;
};

// Each adds its commands to `app`; the one that is named on the command line puts itself into
// `chosen`. REQUIRES: chosen outlives app's parsing.
void add_dev_command(CLI::App& app, Chosen& chosen);
void add_groth16_commands(CLI::App& app, Chosen& chosen);
void add_zkey_commands(CLI::App& app, Chosen& chosen);
void add_wtns_commands(CLI::App& app, Chosen& chosen);
void add_key_ceremony_commands(CLI::App& zkey, Chosen& chosen);  // below `zkp zkey`
void add_powersoftau_commands(CLI::App& app, Chosen& chosen);
void add_r1cs_commands(CLI::App& app, Chosen& chosen);
void add_proof_commands(CLI::App& app, Chosen& chosen);
void add_circuit_commands(CLI::App& app, Chosen& chosen);
void add_cluster_commands(CLI::App& app, Chosen& chosen);
void add_bench_commands(CLI::App& app, Chosen& chosen);

// A subcommand whose options live as long as its callback: `configure` declares them on a fresh
// Options and returns what to run.
template <class Options, class Declare, class Action>
void add_command(CLI::App& parent, Chosen& chosen, const std::string& name,
                 const std::string& description, Declare declare, Action action) {
  CLI::App* command = parent.add_subcommand(name, description);
  auto options = std::make_shared<Options>();
  declare(*command, *options);
  command->callback([options, action, &chosen] {
    chosen.run = [options, action](const Environment& environment) {
      return action(*options, environment);
    };
  });
}

}  // namespace zkp::apps
