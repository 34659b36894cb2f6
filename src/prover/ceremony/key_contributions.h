#pragma once

#include <vector>

#include "prover/ceremony/parameters.h"
#include "prover/ceremony/same_ratio.h"
#include "prover/iden3/transcript.h"
#include "prover/iden3/zkey_layout.h"

// Who took part in the set-up of a key: section 10 of a .zkey.
namespace zkp::prover::ceremony {

using curve::G1Affine;
using curve::G2Affine;
using iden3::TranscriptHash;

// delta was multiplied by a secret x. That its maker knew x: s, x s and x times the point that
// hashes of all that stood before give.
struct KeyContribution {
  G1Affine delta_after;
  Multiplication<G1Affine> proof_g1;  // s, x s
  G2Affine proof_g2;                  // x hash_to_g2(transcript)
  TranscriptHash transcript{};        // of the key's past, and of s and x s
  Parameters parameters;
};

struct KeyContributions {
  TranscriptHash circuit_hash{};
  std::vector<KeyContribution> list;
};

// Points are checked for curve and subgroup; what they claim is not.
base::Result<KeyContributions> read_key_contributions(const iden3::ZkeyLayout& layout);
void append_key_contribution(base::Bytes& out, const KeyContribution& contribution);

// The transcripts of a chain of contributions.
class KeyTranscript {
 public:
  explicit KeyTranscript(const TranscriptHash& circuit_hash) { past_.add(circuit_hash); }

  // What the next contribution must have.
  [[nodiscard]] TranscriptHash next(const Multiplication<G1Affine>& proof_g1) const;
  void add(const KeyContribution& contribution);

 private:
  iden3::Transcript past_;
};

// The point that a transcript gives, of which nobody knows a discrete logarithm.
inline G2Affine hash_to_g2(const TranscriptHash& hash) { return ChaCha(hash).draw_g2(); }

// What a contributor publishes, so that everybody sees that the contribution is in.
TranscriptHash hash_of(const KeyContribution& contribution);

}  // namespace zkp::prover::ceremony
