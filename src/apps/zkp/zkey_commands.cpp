// zkp zkey export ...: what others need in order to check proofs.
#include <fmt/format.h>

#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

namespace iden3 = prover::iden3;

struct ExportArguments {
  std::string zkey, out;
};

base::Result<prover::groth16::VerifyingKey> verifying_key_of(const std::string& path) {
  ZKP_TRY(const auto file, iden3::MappedFile::open(path));
  ZKP_TRY_FILE(auto key, path, iden3::read_zkey_verifying_key(file.bytes()));
  return key;
}

base::Status export_verification_key(const ExportArguments& arguments, const Environment&) {
  ZKP_TRY(const auto key, verifying_key_of(arguments.zkey));
  return write_text(arguments.out, iden3::write_verification_key_json(key));
}

base::Status export_solidity_verifier(const ExportArguments& arguments, const Environment&) {
  ZKP_TRY(const auto key, verifying_key_of(arguments.zkey));
  return write_text(arguments.out, iden3::write_solidity_verifier(key));
}

struct CalldataArguments {
  std::string public_signals, proof;
};

base::Status export_solidity_calldata(const CalldataArguments& arguments, const Environment&) {
  ZKP_TRY(const std::string signals_text, read_text(arguments.public_signals));
  ZKP_TRY_FILE(const auto signals, arguments.public_signals, iden3::read_public_json(signals_text));
  ZKP_TRY(const std::string proof_text, read_text(arguments.proof));
  ZKP_TRY_FILE(const auto proof, arguments.proof, iden3::read_proof_json(proof_text));
  fmt::print("{}\n", iden3::write_solidity_calldata(proof, signals));
  return {};
}

}  // namespace

void add_zkey_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("zkey", "Proving keys (.zkey)");
  group->require_subcommand(1);
  add_key_ceremony_commands(*group, chosen);
  CLI::App* exports = group->add_subcommand("export", "What others need in order to check proofs");
  exports->require_subcommand(1);
  const auto declare = [](const char* what) {
    return [what](CLI::App& command, ExportArguments& arguments) {
      command.add_option("zkey", arguments.zkey, "Proving key (.zkey)")->required();
      command.add_option("out", arguments.out, what)->required();
    };
  };
  add_command<ExportArguments>(*exports, chosen, "verificationkey", "The verification key, as JSON",
                               declare("JSON file to write"), export_verification_key);
  add_command<ExportArguments>(*exports, chosen, "solidityverifier",
                               "A Solidity contract that checks proofs",
                               declare("Solidity file to write"), export_solidity_verifier);
  add_command<CalldataArguments>(
      *exports, chosen, "soliditycalldata", "The arguments of verifyProof for one proof",
      [](CLI::App& command, CalldataArguments& arguments) {
        command.add_option("public", arguments.public_signals, "Public signals (JSON)")->required();
        command.add_option("proof", arguments.proof, "Proof (JSON)")->required();
      },
      export_solidity_calldata);
}

}  // namespace zkp::apps
