// zkp r1cs info
#include <fmt/format.h>

#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

struct InfoArguments {
  std::string r1cs;
};

base::Status info(const InfoArguments& arguments, const Environment& /*environment*/) {
  ZKP_TRY(const auto file, prover::iden3::MappedFile::open(arguments.r1cs));
  ZKP_TRY_FILE(const auto system, arguments.r1cs, prover::iden3::read_r1cs(file.bytes()));
  fmt::print(
      "Curve: bn-128\n"
      "# of Wires: {}\n"
      "# of Constraints: {}\n"
      "# of Private Inputs: {}\n"
      "# of Public Inputs: {}\n"
      "# of Labels: {}\n"
      "# of Outputs: {}\n",
      system.wire_count, system.constraint_count(), system.private_input_count,
      system.public_input_count, system.label_count, system.public_output_count);
  return {};
}

}  // namespace

void add_r1cs_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("r1cs", "Constraint systems (.r1cs)");
  group->require_subcommand(1);
  add_command<InfoArguments>(
      *group, chosen, "info", "Print the numbers of a constraint system",
      [](CLI::App& command, InfoArguments& arguments) {
        command.add_option("r1cs", arguments.r1cs, "Constraint system (.r1cs)")->required();
      },
      info);
}

}  // namespace zkp::apps
