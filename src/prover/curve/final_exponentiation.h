#pragma once

#include "prover/curve/pairing.h"

namespace zkp::prover::curve {

// value^(2 x (6 x^2 + 3 x + 1) (q^12 - 1) / r), x being the curve's parameter. The factor before
// the bracket is prime to r: the result is 1 exactly if that of the plain exponent is. libsnark,
// ffjavascript and gnark take the same power, so that values may be compared. REQUIRES: not zero.
Fq12 final_exponentiation(const Fq12& value);

}  // namespace zkp::prover::curve
