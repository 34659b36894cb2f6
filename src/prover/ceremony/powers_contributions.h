#pragma once

#include <vector>

#include "prover/ceremony/parameters.h"
#include "prover/ceremony/same_ratio.h"
#include "prover/iden3/ptau_layout.h"
#include "prover/iden3/transcript.h"

// Who took part in a powers-of-tau ceremony: section 7 of a .ptau.
namespace zkp::prover::ceremony {

using curve::G1Affine;
using curve::G2Affine;
using iden3::TranscriptHash;

// That a contributor knew the number x that something was multiplied by: s and x s, and x times the
// point that they and the challenge give.
struct KnowledgeProof {
  Multiplication<G1Affine> g1;
  G2Affine g2;
};

struct PowersContribution {
  // What stood in the file after it.
  G1Affine tau_g1, alpha_g1, beta_g1;
  G2Affine tau_g2, beta_g2;
  KnowledgeProof tau, alpha, beta;
  TranscriptHash response{};        // of the challenge before, the new powers and the proofs
  TranscriptHash next_challenge{};  // of the response and the new powers
  Parameters parameters;
};

// Points are checked for curve and subgroup; what they claim is not.
base::Result<std::vector<PowersContribution>> read_powers_contributions(
    const iden3::PtauLayout& layout);

// The point of G2 that a proof is about: `what` is 0 for tau, 1 for alpha, 2 for beta.
G2Affine proof_base(std::uint8_t what, const TranscriptHash& challenge,
                    const Multiplication<G1Affine>& g1);

}  // namespace zkp::prover::ceremony
