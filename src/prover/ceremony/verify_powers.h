#pragma once

#include "prover/ceremony/powers_contributions.h"
#include "prover/groth16/setup.h"

namespace zkp::prover::ceremony {

struct PowersReport {
  std::uint32_t power = 0;
  std::uint32_t ceremony_power = 0;  // more than `power`: cut short, so no hash vouches for it
  bool is_prepared = false;          // for phase 2
  TranscriptHash first_challenge{};
  TranscriptHash next_challenge{};  // of the points that stand in the file
  std::vector<PowersContribution> contributions;
};

// Is this file what a powers-of-tau ceremony has left? Checked are: the chain of contributions from
// the first challenge on, each with its maker's proofs of knowledge, beacons made again; every
// point for curve and subgroup; that the points are powers of the last contribution's tau, alpha
// and beta, and the Lagrange bases made of them, by random linear combinations: a wrong point
// passes with a probability of 2^-128. Errors name what is wrong: invalid_argument for a damaged
// file, failed_precondition for a ceremony that is not sound, cancelled. On the threads of the
// calling tbb arena.
base::Result<PowersReport> verify_powers(base::ByteView ptau, const groth16::SetupOptions& options);

}  // namespace zkp::prover::ceremony
