#pragma once

#include <functional>
#include <stop_token>

#include "base/random.h"
#include "prover/field/kernels.h"
#include "prover/groth16/keys.h"

namespace zkp::prover::groth16 {

// How far a long work is, 0 to 1, with the name of the stage that is done. Called from the working
// threads, one call at a time, not more than some hundred times; empty means nobody listens.
using Progress = std::function<void(double fraction, const char* stage)>;

struct SetupOptions {
  const field::Kernels& kernels;
  base::Random& random;
  std::stop_token stop = {};
  Progress progress = {};
};

// A development key: whoever runs this could keep the secret (tau, alpha, beta, delta) and forge
// proofs. It is wiped on return. gamma is the generator, as in every key that snarkjs makes; delta
// is random. Errors: invalid_argument (a malformed system, or more than 2^27 - 1 constraints and
// public signals: the odd coset takes the field's last factor of two), cancelled.
base::Result<ProvingKey> setup(const circuit::ConstraintSystem& system,
                               const SetupOptions& options);

// A prepared powers-of-tau ceremony (phase 1), cut to the size that is needed: everything in the
// Lagrange basis, lagrange_alpha_tau_g1[i] = alpha L_i(tau) G1 over the domain of `domain_log`.
struct PowersOfTau {
  std::uint32_t domain_log = 0;
  std::vector<G1Affine> lagrange_tau_g1, lagrange_alpha_tau_g1,
      lagrange_beta_tau_g1;               // 2^domain_log each
  std::vector<G2Affine> lagrange_tau_g2;  // 2^domain_log
  std::vector<G1Affine> h;  // L_{2i+1}(tau) over the domain of twice the size: 2^domain_log
  G1Affine alpha1, beta1;
  G2Affine beta2;
};

// The first key of a phase 2, equal to what `snarkjs groth16 setup` makes: delta is the generator,
// so it must be contributed to before it is used. `contributions` is left empty for the file
// writer, which adds the circuit's hash.
base::Result<ProvingKey> setup_from_powers(const circuit::ConstraintSystem& system,
                                           const PowersOfTau& powers, const SetupOptions& options);

// log2 of the domain that a system needs.
base::Result<std::uint32_t> domain_log_of(std::uint64_t constraint_count,
                                          std::uint32_t public_count);
base::Result<std::uint32_t> domain_log_of(const circuit::ConstraintSystem& system);

}  // namespace zkp::prover::groth16
