#pragma once

#include "prover/groth16/prove.h"

// The part of a proof that shows that the witness satisfies the constraints. Works on the threads
// of the calling tbb arena. Errors: cancelled.
namespace zkp::prover::groth16 {

// A w, B w and their products row by row, over the whole domain.
struct RowValues {
  base::SecretVector<Fr> a, b, c;
};
// REQUIRES: key and witness are of one circuit.
base::Result<RowValues> evaluate_rows(const ProvingKey& key, const circuit::Witness& witness,
                                      const field::Kernels& kernels, std::stop_token stop);

// The scalars of the points key.h, in standard form: the values of a b - c on the odd coset, for
// the polynomials a, b, c whose values on the domain are `rows`. That a b - c vanishes on the
// domain is what the witness has to show; there is no division, since key.h is a Lagrange basis.
base::Result<base::SecretVector<field::Limbs>> quotient_values(RowValues rows,
                                                               std::uint32_t domain_log,
                                                               const field::Kernels& kernels,
                                                               std::stop_token stop);

}  // namespace zkp::prover::groth16
