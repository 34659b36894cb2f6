#pragma once

#include "prover/curve/extension.h"
#include "prover/curve/tower.h"

// Arithmetic of Fq12 for the pairing.
namespace zkp::prover::curve {

using Fq6 = Fq6Of<Fq2>;
using Fq12 = Fq12Of<Fq2>;
using Line = LineOf<Fq2>;
using MonicLine = MonicLineOf<Fq2>;

// Compiled once, for they are large.
extern template Fq6 operator*(const Fq6& a, const Fq6& b);
extern template Fq12 operator*(const Fq12& a, const Fq12& b);
extern template Fq12 operator*(const Fq12& a, const Line& line);
extern template Fq12 operator*(const Fq12& a, const MonicLine& line);
extern template Fq12 squared(const Fq12& a);

Fq12 inverse(const Fq12& a);    // zero for zero
Fq12 conjugate(const Fq12& a);  // a^(q^6)
Fq12 frobenius(const Fq12& a);  // a^q

// a^2. REQUIRES: a^(q^4 - q^2 + 1) = 1, which the easy part of the final exponentiation gives.
Fq12 cyclotomic_squared(const Fq12& a);

}  // namespace zkp::prover::curve
