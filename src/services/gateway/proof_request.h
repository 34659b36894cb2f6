#pragma once

#include <string_view>

#include "network/task/task.h"
#include "prover/circuit/catalogue.h"

// The body of POST /api/v1/proof.
namespace zkp::services::gateway {

struct ProofRequest {
  prover::circuit::Shape shape;
  prover::circuit::Inputs inputs;
  network::task::Options options;
};

// Reads a request and checks all that can be checked without proving. invalid_argument with a
// pointer for each wrong place of a well-formed body; not_found for an unknown circuit, with the
// name that is nearest. Messages never hold an input.
base::Result<ProofRequest> parse_proof_request(std::string_view body);

// Overwrites the texts, which may be private.
void wipe(prover::circuit::Inputs& inputs);

}  // namespace zkp::services::gateway
