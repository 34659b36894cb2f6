// zkp powersoftau verify: phase 1 of a ceremony.
#include <fmt/format.h>

#include "apps/zkp/ceremony_report.h"
#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "prover/ceremony/verify_powers.h"

namespace zkp::apps {
namespace {

namespace ceremony = prover::ceremony;

struct VerifyArguments {
  std::string ptau;
};

void print(const ceremony::PowersReport& report) {
  for (std::size_t i = report.contributions.size(); i-- > 0;) {
    const ceremony::PowersContribution& contribution = report.contributions[i];
    const auto& challenge =
        i == 0 ? report.first_challenge : report.contributions[i - 1].next_challenge;
    fmt::print("-------------------------\nContribution #{}: {}\n{}\n{}\n{}\n{}", i + 1,
               shown_name(contribution.parameters.name), hash_text("Challenge: ", challenge),
               hash_text("Response Hash: ", contribution.response),
               hash_text("Next Challenge: ", contribution.next_challenge),
               beacon_text(contribution.parameters));
  }
  fmt::print("-------------------------\n");
  if (report.power < report.ceremony_power) {
    fmt::print("Cut to 2^{} from a ceremony of 2^{}: no contribution's hash covers this file\n",
               report.power, report.ceremony_power);
  }
  if (!report.is_prepared) fmt::print("Not prepared for phase 2\n");
  fmt::print("OK: the powers of tau are what the ceremony made\n");
}

base::Status verify(const VerifyArguments& arguments, const Environment& environment) {
  ZKP_TRY(const auto ptau, prover::iden3::MappedFile::open(arguments.ptau));
  ceremony::PowersReport report;
  {
    ProgressLine progress("verify");
    ZKP_TRY_FILE(report, arguments.ptau,
                 ceremony::verify_powers(ptau.bytes(), {.kernels = environment.kernels,
                                                        .random = environment.random,
                                                        .stop = environment.stop,
                                                        .progress = progress.listener()}));
  }
  print(report);
  return {};
}

}  // namespace

void add_powersoftau_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("powersoftau", "Powers of tau (.ptau)");
  group->require_subcommand(1);
  add_command<VerifyArguments>(
      *group, chosen, "verify", "Check that a file is what a ceremony made; status 0 if it is",
      [](CLI::App& command, VerifyArguments& arguments) {
        command.add_option("ptau", arguments.ptau, "Powers of tau (.ptau)")->required();
      },
      verify);
}

}  // namespace zkp::apps
