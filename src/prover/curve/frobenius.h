#pragma once

#include "prover/curve/point.h"

// The q-power map on the extensions and on the twist.
namespace zkp::prover::curve {

// The parameter of BN254: q, r and the trace are polynomials in it (Barreto, Naehrig 2005).
inline constexpr std::uint64_t kBnParameter = 4965661367192848881;

// (9 + u)^(i (q - 1) / 6), by which the q-power map multiplies w^i. REQUIRES: i < 6.
const Fq2& frobenius_factor(std::size_t i);

// The q-power map of the curve carried over to its twist ("psi"): untwist, raise the coordinates to
// the power q, twist. On G2 it multiplies by q. Infinity goes to infinity.
G2Affine frobenius(const G2Affine& p);
G2 frobenius(const G2& p);

}  // namespace zkp::prover::curve
