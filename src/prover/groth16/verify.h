#pragma once

#include <span>
#include <string>

#include "base/random.h"
#include "prover/curve/fixed_sum.h"
#include "prover/curve/miller_loop.h"
#include "prover/groth16/keys.h"

namespace zkp::prover::groth16 {

// valid, or not and why: "a point of the proof is not on its curve", "the pairing equation does not
// hold".
struct Verdict {
  bool valid = false;
  std::string reason;
};

// e(A, B) = e(alpha, beta) e(sum of ic, gamma) e(C, delta). Checks curve and subgroup of every
// point of the proof. Infinity is refused too: blinding makes it as unlikely as guessing a discrete
// logarithm, so it stands for a damaged proof. Needs no kernels and no secret; any thread.
// REQUIRES: the key's points are in their groups.
Verdict verify(const VerifyingKey& key, std::span<const Fr> public_signals, const Proof& proof);

// What depends on the key alone, for a key that many proofs come to: 0.3 MiB at most, and made in
// about the time of one verification without it. REQUIRES: the key's points are in their groups.
struct PreparedVerifyingKey {
  explicit PreparedVerifyingKey(VerifyingKey verifying_key);

  VerifyingKey key;
  curve::Fq12 alpha_beta;  // e(alpha, beta)
  curve::PreparedG2 beta2, gamma2, delta2;
  curve::FixedSum alpha1, ic;
};

// The same verdict, sooner.
Verdict verify(const PreparedVerifyingKey& key, std::span<const Fr> public_signals,
               const Proof& proof);

struct Statement {
  std::span<const Fr> public_signals;
  const Proof* proof;
};

// True if all are valid, by a random linear combination: n + 3 Miller loops, three of them
// prepared, and one final exponentiation. By vectors if the kernels have them. A set with an
// invalid proof passes with probability 2^-128. An empty set is valid.
bool verify_batch(const PreparedVerifyingKey& key, std::span<const Statement> statements,
                  base::Random& random, const field::Kernels& kernels);

// Is this key fit for use? failed_precondition if gamma equals delta or delta is the generator
// (anyone could forge), or a point is off its curve or subgroup or infinity.
base::Status check_key(const VerifyingKey& key);
// Only the points.
base::Status check_key_points(const VerifyingKey& key);

}  // namespace zkp::prover::groth16
