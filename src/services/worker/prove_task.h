#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/random.h"
#include "base/secret.h"
#include "network/task/task.h"
#include "prover/circuit/constraint_system.h"
#include "prover/field/kernels.h"
#include "prover/groth16/prove.h"
#include "prover/witness/program.h"
#include "services/worker/circuit_cache.h"

// What a worker computes, without the network.
namespace zkp::services::worker {

struct ProverParts {
  const prover::field::Kernels& kernels;
  base::Random& random;
  unsigned threads;  // that one proof may use
};

// What stands where an attempt went wrong.
enum class Stage : std::uint8_t { queued, key, program, witness, proof };
const char* name_of(Stage stage);

// What a task asks for.
struct Statement {
  const std::string& circuit_id;
  base::ByteView inputs;                    // services/request/task_inputs.h
  const prover::witness::Program* program;  // of a registered circuit; null: built in
};

// The statement's witness. Whether it satisfies the circuit is not known yet.
// Errors: invalid_argument (the inputs do not fit the circuit), failed_precondition (the statement
// is false), resource_exhausted (memory), cancelled, and those of a program that is at fault.
base::Result<prover::circuit::Witness> find_witness(const Statement& statement,
                                                    const prover::witness::Limits& limits,
                                                    std::stop_token stop);

// A proof, which has been verified. REQUIRES: the witness is the statement's.
// Errors: failed_precondition (a client's own witness does not satisfy the circuit), internal (nor
// does one of ours, so key and circuit do not belong together), cancelled, resource_exhausted.
base::Result<network::task::Proof> prove_statement(const Statement& statement,
                                                   const prover::circuit::Witness& witness,
                                                   const LoadedKey& key, const ProverParts& parts,
                                                   std::stop_token stop,
                                                   const prover::groth16::Progress& progress);

// Which failure of a task an error at this stage is. Not for cancelled.
network::task::Failure failure_of(const base::Error& error, Stage stage);

// A development key for a built-in circuit: its two files.
struct SetupFiles {
  base::Bytes r1cs, zkey;
};
base::Result<SetupFiles> make_key(const std::string& circuit_id, const ProverParts& parts,
                                  std::stop_token stop);

}  // namespace zkp::services::worker
