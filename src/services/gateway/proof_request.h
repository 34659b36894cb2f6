#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "network/store/store.h"
#include "network/task/task.h"

// What a client asks for by POST /api/v1/proof.
namespace zkp::services::gateway {

struct ProofRequest {
  std::string circuit_type;
  network::task::CircuitId circuit;
  base::SecretBytes inputs;  // as services/request/task_inputs.h says
  network::task::Options options;
};

// The registered circuit of a name that is not built in: see find_registered().
using FindRegistered = std::function<base::Result<network::store::Circuit>(const std::string&)>;

// Reads a body of JSON and checks all that can be checked without proving. invalid_argument with a
// pointer for each wrong place of a well-formed body; not_found for an unknown circuit, with the
// name that is nearest. Messages never hold an input.
base::Result<ProofRequest> parse_proof_request(std::string_view body,
                                               const FindRegistered& find_registered);

// The same for a client that keeps its inputs to itself: the body says what to prove without them,
// and `witness` is a .wtns for it. A built-in circuit is then named by its id ("merkle_tree/3,2").
base::Result<ProofRequest> parse_witness_request(std::string_view body, base::SecretBytes witness,
                                                 const FindRegistered& find_registered);

// circom's input.json, for a registered circuit. Errors point into the document.
base::Result<base::SecretBytes> circom_inputs(std::string_view input_json);

}  // namespace zkp::services::gateway
