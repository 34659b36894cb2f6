#include "prover/groth16/key_scalars.h"

#include "prover/poly/domain.h"
#include "prover/poly/roots.h"

namespace zkp::prover::groth16 {
namespace {

// sums[wire] += coefficient * at_row[row], for every term
void add_columns(const circuit::SparseMatrix& matrix, std::span<const Fr> at_row,
                 std::span<Fr> sums) {
  for (std::size_t row = 0; row < matrix.row_count(); ++row) {
    for (const circuit::Term& term : matrix.row(row)) {
      sums[term.wire] += term.coefficient * at_row[row];
    }
  }
}

// With n the domain's size and s of order 2 n, L_{2i+1} of the double domain is
//   L_i(X / s) * (X^n - 1) / -2:
// the first factor selects among the odd points, the second is 1 there and 0 at the even ones.
base::SecretVector<Fr> quotient_scalars(const poly::Domain& domain, std::uint32_t domain_log,
                                        const Trapdoor& trapdoor, const field::Kernels& kernels) {
  const Fr shift = poly::root_of_order(domain_log + 1);
  base::SecretVector<Fr> h(domain.lagrange_at(trapdoor.tau * shift.inverse()));
  base::Secret<Fr> power(trapdoor.tau);
  for (std::uint32_t i = 0; i < domain_log; ++i) {
    power.reveal_mutable() = power.reveal().squared();
  }
  const base::Secret<Fr> factor((power.reveal() - Fr::one()) *
                                (trapdoor.delta.doubled() * -Fr::one()).inverse());
  const std::span<Fr> values = h.reveal_mutable();
  kernels.fr.scale(values.data(), values.data(), &factor.reveal(), values.size());
  return h;
}

}  // namespace

KeyScalars key_scalars(const circuit::ConstraintSystem& system, std::uint32_t domain_log,
                       const Trapdoor& trapdoor, const field::Kernels& kernels) {
  const poly::Domain domain(domain_log, kernels);
  const base::SecretVector<Fr> lagrange(domain.lagrange_at(trapdoor.tau));
  const std::span<const Fr> at_row = lagrange.reveal();

  KeyScalars scalars{base::SecretVector<Fr>(system.wire_count),
                     base::SecretVector<Fr>(system.wire_count),
                     base::SecretVector<Fr>(system.wire_count),
                     quotient_scalars(domain, domain_log, trapdoor, kernels)};
  const std::span<Fr> a = scalars.a.reveal_mutable();
  const std::span<Fr> b = scalars.b.reveal_mutable();
  const std::span<Fr> c = scalars.c.reveal_mutable();
  add_columns(system.a, at_row, a);
  add_columns(system.b, at_row, b);
  add_columns(system.c, at_row, c);
  const std::size_t first_private = system.public_count() + 1;
  for (std::size_t wire = 0; wire < first_private; ++wire) {
    a[wire] += at_row[system.constraint_count() + wire];
  }
  const base::Secret<Fr> delta_inverse(trapdoor.delta.inverse());
  for (std::size_t wire = 0; wire < c.size(); ++wire) {
    c[wire] += trapdoor.beta * a[wire] + trapdoor.alpha * b[wire];
    if (wire >= first_private) c[wire] *= delta_inverse.reveal();
  }
  return scalars;
}

}  // namespace zkp::prover::groth16
