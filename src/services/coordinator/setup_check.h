#pragma once

#include <string>

#include "network/store/artifact_store.h"
#include "network/store/store.h"

namespace zkp::services::coordinator {

// The record of a built-in circuit whose key a worker made, from the two files that it published.
// unavailable: a file could not be read now. Any other error says what is wrong with them:
// failed_precondition if they are not this circuit's, or the key is not fit for use. Blocks, and
// may take seconds; any thread.
base::Result<network::store::Circuit> check_setup(const network::task::CircuitId& circuit,
                                                  const std::string& r1cs_digest,
                                                  const std::string& zkey_digest,
                                                  network::store::ArtifactStore& artifacts);

}  // namespace zkp::services::coordinator
