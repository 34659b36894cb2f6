#include "prover/curve/frobenius.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// x p
G2 times_parameter(const G2Affine& p) {
  constexpr auto kDigits = non_adjacent_form<63>(kBnParameter);
  static_assert(kDigits.back() == 1);
  G2 result = G2::from_affine(p);
  for (std::size_t i = kDigits.size() - 1; i-- > 0;) {
    result = result.doubled();
    if (kDigits[i] != 0) result = result + (kDigits[i] > 0 ? p : -p);
  }
  return result;
}

}  // namespace

bool is_in_subgroup(const G1Affine& p) { return p.is_on_curve(); }

// (x + 1) P + psi(x P) + psi^2(x P) = psi^3(2 x P), x being the curve's parameter (El Housni,
// Guillevic, Piellard 2022, section 4.3). Sound here: psi^2 - t psi + q = 0 turns the relation into
// a + b psi, whose norm a^2 + a b t + b^2 q has with the curve's order (2 q - r) r no other common
// divisor than r.
bool is_in_subgroup(const G2Affine& p) {
  if (!p.is_on_curve()) return false;
  const G2 multiple = times_parameter(p);
  const G2 once = frobenius(multiple);
  const G2 twice = frobenius(once);
  return multiple + p + once + twice == frobenius(twice.doubled());
}

}  // namespace zkp::prover::curve
