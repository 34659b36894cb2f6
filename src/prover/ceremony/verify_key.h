#pragma once

#include "prover/ceremony/key_contributions.h"
#include "prover/circuit/constraint_system.h"
#include "prover/groth16/setup.h"

namespace zkp::prover::ceremony {

// Is this key what a ceremony has made of this circuit and these powers? Checked are: the chain of
// contributions, each with its maker's proof of knowledge, beacons made again; delta as the last
// one left it; every other point and coefficient against a fresh key of the circuit; C and H
// against theirs divided by delta, by a random linear combination: a wrong one passes with a
// probability of 2^-128. That the powers themselves are sound is verify_powers()' to say.
// Returns who took part. Errors name what is wrong: invalid_argument for a damaged file,
// failed_precondition for a key that is not fit for use, cancelled. On the threads of the calling
// tbb arena.
base::Result<KeyContributions> verify_key(const circuit::ConstraintSystem& system,
                                          base::ByteView ptau, base::ByteView zkey,
                                          const groth16::SetupOptions& options);

// The part of it that needs neither circuit nor powers: the chain, and delta as its end.
base::Result<KeyContributions> verify_contributions(base::ByteView zkey, std::stop_token stop);

}  // namespace zkp::prover::ceremony
