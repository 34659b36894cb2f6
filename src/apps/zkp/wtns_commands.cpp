// zkp wtns calculate | check, with snarkjs' order of arguments.
#include <fmt/format.h>

#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "apps/zkp/witness_files.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

using prover::iden3::MappedFile;
namespace iden3 = prover::iden3;

struct CalculateArguments {
  WitnessFiles files;
  std::string witness;
};

base::Status calculate(const CalculateArguments& arguments, const Environment& environment) {
  ZKP_TRY(const auto witness, calculate_witness(arguments.files, environment));
  return iden3::write_file_atomically(arguments.witness, iden3::write_wtns(witness).reveal());
}

struct CheckArguments {
  std::string r1cs, witness;
};

base::Status check(const CheckArguments& arguments, const Environment& /*environment*/) {
  ZKP_TRY(const auto r1cs, MappedFile::open(arguments.r1cs));
  ZKP_TRY_FILE(const auto system, arguments.r1cs, iden3::read_r1cs(r1cs.bytes()));
  ZKP_TRY(const auto wtns, MappedFile::open(arguments.witness));
  ZKP_TRY_FILE(const auto witness, arguments.witness, iden3::read_wtns(wtns.bytes()));
  if (auto status = prover::circuit::check_satisfied(system, witness); !status.ok()) {
    return about_file(arguments.witness, std::move(status).error());
  }
  fmt::print("OK: the witness satisfies all {} constraints\n", system.constraint_count());
  return {};
}

}  // namespace

void add_wtns_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("wtns", "Witnesses (.wtns)");
  group->require_subcommand(1);
  add_command<CalculateArguments>(
      *group, chosen, "calculate",
      "Calculate a witness by circom's program; what the circuit logs goes to standard error",
      [](CLI::App& command, CalculateArguments& arguments) {
        command.add_option("wasm", arguments.files.wasm, "Witness program (.wasm)")->required();
        command.add_option("input", arguments.files.input, "Inputs (JSON)")->required();
        command.add_option("witness", arguments.witness, "Witness to write (.wtns)")->required();
      },
      calculate);
  add_command<CheckArguments>(
      *group, chosen, "check", "Check a witness against a constraint system; status 0 if it holds",
      [](CLI::App& command, CheckArguments& arguments) {
        command.add_option("r1cs", arguments.r1cs, "Constraint system (.r1cs)")->required();
        command.add_option("witness", arguments.witness, "Witness (.wtns)")->required();
      },
      check);
}

}  // namespace zkp::apps
