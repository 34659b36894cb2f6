#include "prover/curve/frobenius.h"

namespace zkp::prover::curve {

bool is_in_subgroup(const G1Affine& p) { return p.is_on_curve(); }

// (x + 1) P + psi(x P) + psi^2(x P) = psi^3(2 x P), x being the curve's parameter (El Housni,
// Guillevic, Piellard 2022, section 4.3). Sound here: psi^2 - t psi + q = 0 turns the relation into
// a + b psi, whose norm a^2 + a b t + b^2 q has with the curve's order (2 q - r) r no other common
// divisor than r.
bool is_in_subgroup(const G2Affine& p) {
  if (!p.is_on_curve()) return false;
  const G2 multiple = G2::from_affine(p).times({kBnParameter, 0, 0, 0});
  const G2 once = frobenius(multiple);
  const G2 twice = frobenius(once);
  return multiple + p + once + twice == frobenius(twice.doubled());
}

}  // namespace zkp::prover::curve
