#pragma once

#include "prover/groth16/setup.h"

namespace zkp::prover::groth16 {

// The secret of a set-up ("toxic waste"): whoever knows it can forge proofs. None is zero.
struct Trapdoor {
  Fr tau, alpha, beta, delta;
};

// The key that a trapdoor gives. gamma is 1.
base::Result<ProvingKey> setup_with_trapdoor(const circuit::ConstraintSystem& system,
                                             const base::Secret<Trapdoor>& trapdoor,
                                             const SetupOptions& options);

}  // namespace zkp::prover::groth16
