#pragma once

#include "prover/groth16/setup.h"

namespace zkp::prover::groth16 {

// What a proving key owes to the constraint system alone: counts and the matrices A and B, with the
// extra rows that bind the public signals. All points are left out.
// Errors: invalid_argument if the system is malformed or too large for the field.
base::Result<ProvingKey> key_without_points(const circuit::ConstraintSystem& system);

}  // namespace zkp::prover::groth16
