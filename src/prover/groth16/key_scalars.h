#pragma once

#include "prover/groth16/trapdoor.h"

namespace zkp::prover::groth16 {

// The discrete logarithms of a key's points, as secret as the trapdoor. u, v, w are the polynomials
// of a wire's columns in A (extra rows included), B and C.
struct KeyScalars {
  base::SecretVector<Fr> a;  // u(tau), a wire each
  base::SecretVector<Fr> b;  // v(tau), a wire each
  // beta u(tau) + alpha v(tau) + w(tau), a wire each; over delta from the first private wire on
  base::SecretVector<Fr> c;
  base::SecretVector<Fr> h;  // L_{2i+1}(tau) / delta over the domain of twice the size
};

// REQUIRES: the system is well formed and fits the domain.
KeyScalars key_scalars(const circuit::ConstraintSystem& system, std::uint32_t domain_log,
                       const Trapdoor& trapdoor, const field::Kernels& kernels);

}  // namespace zkp::prover::groth16
