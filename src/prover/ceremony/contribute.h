#pragma once

#include <filesystem>

#include "prover/ceremony/key_contributions.h"
#include "prover/groth16/setup.h"

namespace zkp::prover::ceremony {

struct Contributed {
  TranscriptHash circuit_hash, contribution_hash;
};

// Writes the key in `zkey` to `out`, its delta multiplied by a secret and C and H divided by it.
// The secret is drawn from `generator` (see parameters.h) and wiped. Of one beacon, byte for byte
// what snarkjs writes. The old key must hold together as far as the secret's safety needs it:
// points on their curve and in their subgroup, or they would give something of it away.
// failed_precondition if its delta is not that of its last contribution. On the threads of the
// calling tbb arena.
base::Result<Contributed> contribute(base::ByteView zkey, ChaCha& generator,
                                     const Parameters& parameters, const std::filesystem::path& out,
                                     const groth16::SetupOptions& options);

}  // namespace zkp::prover::ceremony
