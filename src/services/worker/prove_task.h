#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/random.h"
#include "base/secret.h"
#include "network/task/task.h"
#include "prover/field/kernels.h"
#include "prover/groth16/keys.h"
#include "prover/groth16/setup.h"

// What a worker computes, without the network.
namespace zkp::services::worker {

struct ProverParts {
  const prover::field::Kernels& kernels;
  base::Random& random;
  unsigned threads;  // that one proof may use
};

struct FinishedProof {
  network::task::Proof proof;
  double witness_ms = 0, prove_ms = 0;
};

// A proof for these inputs (see services/request/inputs_json.h) of the circuit with this id.
// Errors: invalid_argument (the inputs do not fit the circuit), failed_precondition (the statement
// is false), cancelled, resource_exhausted (memory).
base::Result<FinishedProof> prove_task(const std::string& circuit_id, base::ByteView inputs,
                                       const prover::groth16::ProvingKey& key,
                                       const ProverParts& parts, std::stop_token stop,
                                       const prover::groth16::Progress& progress);

// Which failure of a task an error of prove_task or of the key cache is. Not for cancelled.
network::task::Failure failure_of(const base::Error& error);

// A development key for a built-in circuit: its two files.
struct SetupFiles {
  base::Bytes r1cs, zkey;
};
base::Result<SetupFiles> make_key(const std::string& circuit_id, const ProverParts& parts,
                                  std::stop_token stop);

}  // namespace zkp::services::worker
