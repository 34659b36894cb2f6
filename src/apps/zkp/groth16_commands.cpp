// zkp groth16 setup | prove | fullprove | verify, with snarkjs' order of arguments.
#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "apps/zkp/command.h"
#include "apps/zkp/files.h"
#include "apps/zkp/witness_files.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/setup.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"

namespace zkp::apps {
namespace {

using prover::iden3::MappedFile;
namespace groth16 = prover::groth16;
namespace iden3 = prover::iden3;

struct SetupArguments {
  std::vector<std::string> files;
};

base::Result<groth16::ProvingKey> key_from_ceremony(const prover::circuit::ConstraintSystem& system,
                                                    const std::string& ptau_path,
                                                    const groth16::SetupOptions& options) {
  ZKP_TRY(const MappedFile ptau, MappedFile::open(ptau_path));
  ZKP_TRY(const std::uint32_t domain_log, groth16::domain_log_of(system));
  ZKP_TRY_FILE(const auto powers, ptau_path, iden3::read_ptau(ptau.bytes(), domain_log));
  ZKP_TRY(auto key, groth16::setup_from_powers(system, powers, options));
  ZKP_TRY_FILE(key.contributions, ptau_path, iden3::initial_contributions(key, ptau.bytes()));
  return key;
}

base::Status setup(const SetupArguments& arguments, const Environment& environment) {
  const auto& files = arguments.files;
  ZKP_TRY(const MappedFile r1cs, MappedFile::open(files.front()));
  ZKP_TRY_FILE(const auto system, files.front(), iden3::read_r1cs(r1cs.bytes()));
  ProgressLine progress("setup");
  const groth16::SetupOptions options{.kernels = environment.kernels,
                                      .random = environment.random,
                                      .stop = environment.stop,
                                      .progress = progress.listener()};
  const bool ceremony = files.size() == 3;
  ZKP_TRY(const auto key, ceremony ? key_from_ceremony(system, files[1], options)
                                   : groth16::setup(system, options));
  ZKP_CHECK(iden3::write_file_atomically(files.back(), iden3::write_zkey(key)));
  fmt::print("{}: {} constraints, {} wires, {} public signals\n", files.back(),
             system.constraint_count(), system.wire_count, system.public_count());
  if (ceremony) {
    fmt::print(stderr,
               "zkp: this key has no contribution yet, so anyone can forge proofs with it; "
               "contribute with `zkp zkey contribute` before you use it\n");
  } else {
    fmt::print(stderr,
               "zkp: a development key: whoever made it could have kept its secret; for real use, "
               "give a ceremony's .ptau\n");
  }
  return {};
}

// What proving reads and writes beside the witness.
struct ProofArguments {
  std::string zkey, proof, public_signals;
  int threads = tbb::task_arena::automatic;
};

// `origin`: the file that the witness came from, for messages.
base::Status prove_witness(const ProofArguments& arguments, const prover::circuit::Witness& witness,
                           const std::string& origin, const Environment& environment) {
  ZKP_TRY(const MappedFile zkey, MappedFile::open(arguments.zkey));
  ZKP_TRY_FILE(const auto key, arguments.zkey,
               iden3::read_zkey(zkey.bytes(), iden3::PointChecks::curve));
  ZKP_TRY_FILE(const auto signals, origin, groth16::public_signals_of(key, witness));
  ProgressLine progress("prove");
  tbb::task_arena arena(arguments.threads);
  const auto proof = arena.execute([&] {
    return groth16::prove(key, witness,
                          {.kernels = environment.kernels,
                           .random = environment.random,
                           .stop = environment.stop,
                           .progress = progress.listener()});
  });
  if (!proof.ok()) return proof.error();
  const groth16::Verdict verdict = groth16::verify(key.verifying, signals, *proof);
  if (!verdict.valid) {
    return base::Error{base::ErrorCode::failed_precondition,
                       fmt::format("the witness of {} does not satisfy the circuit of {}", origin,
                                   arguments.zkey)};
  }
  ZKP_CHECK(write_text(arguments.proof, iden3::write_proof_json(*proof)));
  return write_text(arguments.public_signals, iden3::write_public_json(signals));
}

struct ProveArguments : ProofArguments {
  std::string witness;
};

base::Status prove(const ProveArguments& arguments, const Environment& environment) {
  ZKP_TRY(const MappedFile wtns, MappedFile::open(arguments.witness));
  ZKP_TRY_FILE(const auto witness, arguments.witness, iden3::read_wtns(wtns.bytes()));
  return prove_witness(arguments, witness, arguments.witness, environment);
}

struct FullProveArguments : ProofArguments {
  WitnessFiles files;
};

base::Status full_prove(const FullProveArguments& arguments, const Environment& environment) {
  ZKP_TRY(const auto witness, calculate_witness(arguments.files, environment));
  return prove_witness(arguments, witness, arguments.files.wasm, environment);
}

void declare_proof(CLI::App& command, ProofArguments& arguments) {
  command.add_option("proof", arguments.proof, "Proof to write (JSON)")->required();
  command.add_option("public", arguments.public_signals, "Public signals to write (JSON)")
      ->required();
  command.add_option("--threads", arguments.threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, 1024));
}

struct VerifyArguments {
  std::string verification_key, public_signals, proof;
};

base::Status verify(const VerifyArguments& arguments, const Environment& /*environment*/) {
  ZKP_TRY(const std::string key_text, read_text(arguments.verification_key));
  ZKP_TRY_FILE(const auto key, arguments.verification_key,
               iden3::read_verification_key_json(key_text));
  ZKP_TRY(const std::string signals_text, read_text(arguments.public_signals));
  ZKP_TRY_FILE(const auto signals, arguments.public_signals, iden3::read_public_json(signals_text));
  ZKP_TRY(const std::string proof_text, read_text(arguments.proof));
  ZKP_TRY_FILE(const auto proof, arguments.proof, iden3::read_proof_json(proof_text));
  const groth16::Verdict verdict = groth16::verify(key, signals, proof);
  if (!verdict.valid) {
    return base::Error{base::ErrorCode::failed_precondition, "invalid proof: " + verdict.reason};
  }
  fmt::print("OK: the proof is valid\n");
  return {};
}

}  // namespace

void add_groth16_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("groth16", "Keys, proofs and their verification, on files");
  group->require_subcommand(1);
  add_command<SetupArguments>(
      *group, chosen, "setup",
      "Make a key for a circuit: zkp groth16 setup CIRCUIT.r1cs [POWERS.ptau] CIRCUIT.zkey\n"
      "With a prepared powers-of-tau file: the first key of a ceremony, equal to snarkjs'.\n"
      "Without: a development key.",
      [](CLI::App& command, SetupArguments& arguments) {
        command.add_option("files", arguments.files, "CIRCUIT.r1cs [POWERS.ptau] CIRCUIT.zkey")
            ->expected(2, 3)
            ->required();
      },
      setup);
  add_command<ProveArguments>(
      *group, chosen, "prove", "Make a proof from a key and a witness, and check it",
      [](CLI::App& command, ProveArguments& arguments) {
        command.add_option("zkey", arguments.zkey, "Proving key (.zkey)")->required();
        command.add_option("witness", arguments.witness, "Witness (.wtns)")->required();
        declare_proof(command, arguments);
      },
      prove);
  add_command<FullProveArguments>(
      *group, chosen, "fullprove",
      "Calculate a witness by circom's program, make a proof from it, and check it",
      [](CLI::App& command, FullProveArguments& arguments) {
        command.add_option("input", arguments.files.input, "Inputs (JSON)")->required();
        command.add_option("wasm", arguments.files.wasm, "Witness program (.wasm)")->required();
        command.add_option("zkey", arguments.zkey, "Proving key (.zkey)")->required();
        declare_proof(command, arguments);
      },
      full_prove);
  add_command<VerifyArguments>(
      *group, chosen, "verify", "Check a proof; status 0 if it is valid",
      [](CLI::App& command, VerifyArguments& arguments) {
        command
            .add_option("verification_key", arguments.verification_key, "Verification key (JSON)")
            ->required();
        command.add_option("public", arguments.public_signals, "Public signals (JSON)")->required();
        command.add_option("proof", arguments.proof, "Proof (JSON)")->required();
      },
      verify);
}

}  // namespace zkp::apps
