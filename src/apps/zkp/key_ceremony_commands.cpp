// zkp zkey contribute | beacon | verify: phase 2 of a ceremony, with snarkjs' order of arguments.
#include <fmt/format.h>

#include "apps/zkp/ceremony_report.h"
#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "base/hex.h"
#include "prover/ceremony/contribute.h"
#include "prover/ceremony/verify_key.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

namespace ceremony = prover::ceremony;
namespace iden3 = prover::iden3;

prover::groth16::SetupOptions options_of(const Environment& environment, ProgressLine& progress) {
  return {.kernels = environment.kernels,
          .random = environment.random,
          .stop = environment.stop,
          .progress = progress.listener()};
}

base::Status contribute(const std::string& in, const std::string& out, ceremony::ChaCha& generator,
                        const ceremony::Parameters& parameters, const Environment& environment) {
  ZKP_TRY(const auto zkey, iden3::MappedFile::open(in));
  ceremony::Contributed made;
  {
    ProgressLine progress("contribute");
    ZKP_TRY_FILE(made, in,
                 ceremony::contribute(zkey.bytes(), generator, parameters, out,
                                      options_of(environment, progress)));
  }
  fmt::print("{}\n{}\n", hash_text("Circuit Hash: ", made.circuit_hash),
             hash_text("Contribution Hash: ", made.contribution_hash));
  return {};
}

struct ContributeArguments {
  std::string in, out, name, entropy;
};

base::Status contribute_randomness(const ContributeArguments& arguments,
                                   const Environment& environment) {
  ceremony::ChaCha generator = ceremony::generator_of(environment.random, arguments.entropy);
  return contribute(arguments.in, arguments.out, generator, {.name = arguments.name}, environment);
}

struct BeaconArguments {
  std::string in, out, value, name;
  unsigned iterations_log = 0;
};

base::Status contribute_beacon(const BeaconArguments& arguments, const Environment& environment) {
  ZKP_TRY(base::Bytes value, base::from_hex(arguments.value));
  ceremony::Beacon beacon = {std::move(value), static_cast<std::uint8_t>(arguments.iterations_log)};
  ZKP_TRY(ceremony::ChaCha generator, ceremony::generator_of(beacon, environment.stop));
  return contribute(arguments.in, arguments.out, generator,
                    {.name = arguments.name, .beacon = std::move(beacon)}, environment);
}

struct VerifyArguments {
  std::string r1cs, ptau, zkey;
};

base::Status verify(const VerifyArguments& arguments, const Environment& environment) {
  ZKP_TRY(const auto r1cs, iden3::MappedFile::open(arguments.r1cs));
  ZKP_TRY_FILE(const auto system, arguments.r1cs, iden3::read_r1cs(r1cs.bytes()));
  ZKP_TRY(const auto ptau, iden3::MappedFile::open(arguments.ptau));
  ZKP_TRY(const auto zkey, iden3::MappedFile::open(arguments.zkey));
  ceremony::KeyContributions contributions;
  {
    ProgressLine progress("verify");
    ZKP_TRY(contributions, ceremony::verify_key(system, ptau.bytes(), zkey.bytes(),
                                                options_of(environment, progress)));
  }
  fmt::print("{}\n", hash_text("Circuit Hash: ", contributions.circuit_hash));
  for (std::size_t i = contributions.list.size(); i-- > 0;) {
    const ceremony::KeyContribution& contribution = contributions.list[i];
    const std::string title =
        fmt::format("contribution #{} {}:", i + 1, shown_name(contribution.parameters.name));
    fmt::print("-------------------------\n{}\n{}", hash_text(title, hash_of(contribution)),
               beacon_text(contribution.parameters));
  }
  fmt::print("-------------------------\nOK: the key is what the ceremony made of the circuit\n");
  return {};
}

}  // namespace

void add_key_ceremony_commands(CLI::App& zkey, Chosen& chosen) {
  const auto declare_files = [](CLI::App& command, auto& arguments) {
    command.add_option("in", arguments.in, "Key to contribute to (.zkey)")->required();
    command.add_option("out", arguments.out, "Key to write (.zkey)")->required();
    command.add_option("-n,--name", arguments.name, "Who contributes: stands in the key for all");
  };
  add_command<ContributeArguments>(
      zkey, chosen, "contribute", "Multiply a key's delta by a fresh secret, and forget it",
      [=](CLI::App& command, ContributeArguments& arguments) {
        declare_files(command, arguments);
        command.add_option("-e,--entropy", arguments.entropy,
                           "Any text; is mixed into the system's own randomness");
      },
      contribute_randomness);
  add_command<BeaconArguments>(
      zkey, chosen, "beacon", "Close a ceremony by a public random value that nobody could choose",
      [=](CLI::App& command, BeaconArguments& arguments) {
        declare_files(command, arguments);
        command.add_option("value", arguments.value, "The value, hexadecimal")->required();
        command.add_option("iterations", arguments.iterations_log, "log2 of the number of hashes")
            ->required()
            ->check(CLI::Range(ceremony::Beacon::kLeastIterationsLog,
                               ceremony::Beacon::kMostIterationsLog));
      },
      contribute_beacon);
  add_command<VerifyArguments>(
      zkey, chosen, "verify",
      "Check that a key is what a ceremony made of a circuit; status 0 if it is",
      [](CLI::App& command, VerifyArguments& arguments) {
        command.add_option("r1cs", arguments.r1cs, "Constraint system (.r1cs)")->required();
        command.add_option("ptau", arguments.ptau, "Powers of tau, prepared (.ptau)")->required();
        command.add_option("zkey", arguments.zkey, "Proving key (.zkey)")->required();
      },
      verify);
}

}  // namespace zkp::apps
