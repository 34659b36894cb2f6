#pragma once

#include "network/http/message.h"
#include "network/store/store.h"

namespace zkp::services::gateway {

// POST /api/v1/verify: does this proof show this statement, by the key that the network has for the
// circuit? `circuit_type` is a circuit's id ("merkle_tree/3,2") or the name of its family; then
// every key of the family with that many public signals is tried. Blocks. Any thread.
base::Result<network::http::Response> verify_proof(const network::http::Request& request,
                                                   network::store::Store& store);

}  // namespace zkp::services::gateway
