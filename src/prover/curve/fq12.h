#pragma once

#include "prover/curve/pairing.h"

// Arithmetic of Fq6 = Fq2[v] / (v^3 - (9 + u)) and Fq12 = Fq6[w] / (w^2 - v), for the pairing.
namespace zkp::prover::curve {

Fq6 operator+(const Fq6& a, const Fq6& b);
Fq6 operator-(const Fq6& a, const Fq6& b);
Fq6 operator-(const Fq6& a);
Fq6 operator*(const Fq6& a, const Fq6& b);

Fq12 one_of_fq12();
Fq12 operator*(const Fq12& a, const Fq12& b);
Fq12 squared(const Fq12& a);
Fq12 inverse(const Fq12& a);    // zero for zero
Fq12 conjugate(const Fq12& a);  // a^(q^6)
Fq12 frobenius(const Fq12& a);  // a^q

// a^2. REQUIRES: a^(q^4 - q^2 + 1) = 1, which the easy part of the final exponentiation gives.
Fq12 cyclotomic_squared(const Fq12& a);

// The line constant + slope w + offset w^3 of the Miller loop.
struct Line {
  Fq2 constant, slope, offset;
};
Fq12 operator*(const Fq12& a, const Line& line);

}  // namespace zkp::prover::curve
