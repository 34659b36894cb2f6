#pragma once

#include "base/random.h"
#include "prover/curve/point.h"

// Points of the twist outside of G2, for tests.
namespace zkp::prover::curve {

// The square root of a square of Fq, q being 3 modulo 4: a^((q + 1) / 4).
inline Fq square_root(const Fq& a) {
  field::Limbs exponent = Fq::kModulus;
  ++exponent[0];
  for (std::size_t i = 0; i < 4; ++i) {
    exponent[i] = exponent[i] >> 2 | (i < 3 ? exponent[i + 1] << 62 : 0);
  }
  return a.power(exponent);
}

// A point of the curve of G2 by its x coordinate, or infinity if there is none. It lies in the
// subgroup with a probability of 2^-254.
inline G2Affine curve_point(const Fq2& x) {
  const Fq2 square = x.squared() * x + G2Params::b();
  const Fq half = Fq::from_u64(2).inverse();
  const Fq norm_root = square_root(square.c0.squared() + square.c1.squared());
  for (const Fq& root : {norm_root, -norm_root}) {
    const Fq y0 = square_root((square.c0 + root) * half);
    const Fq2 y = {y0, square.c1 * half * y0.inverse()};
    if (y.squared() == square) return {x, y};
  }
  return G2Affine::infinity();
}

inline G2Affine curve_point(base::Random& random) {
  while (true) {
    const G2Affine point = curve_point({Fq::random(random), Fq::random(random)});
    if (!point.is_infinity()) return point;
  }
}

}  // namespace zkp::prover::curve
