#pragma once

#include <string>

#include "network/store/store.h"
#include "services/coordinator/circuit_book.h"
#include "services/request/input_seal.h"

namespace zkp::services::coordinator {

// What the leader thinks of a worker's proof.
struct ProofOpinion {
  enum class Verdict {
    valid,     // it proves what the task asks for
    settled,   // the task is terminal, or gone: nobody asks any more
    rejected,  // it does not: `reason`
    unusable,  // the task's own record is damaged: `reason`
  } verdict = Verdict::valid;
  std::string reason;
  network::task::Proof proof;  // valid: in our own writing
};

// Checks it against the task's inputs and the circuit's registered key. An Error means that the
// store did not answer, and says nothing about the proof. Blocks; any thread.
base::Result<ProofOpinion> check_proof(const network::task::TaskId& task,
                                       const network::task::Proof& proof,
                                       network::store::Store& store, CircuitBook& book,
                                       const request::InputSeal& seal);

}  // namespace zkp::services::coordinator
