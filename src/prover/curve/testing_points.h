#pragma once

#include <vector>

#include "base/random.h"
#include "prover/curve/point.h"

// Points for tests.
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

// The first point of G1 with an x of `from`, from + 1 and so on.
inline G1Affine point_at_or_after(Fq from) {
  for (Fq x = from;; x += Fq::one()) {
    const Fq square = x.squared() * x + Fq::from_u64(3);
    const Fq y = square_root(square);
    if (y.squared() == square) return {x, y};
  }
}

// Infinity, small multiples of the generator and their opposites: few enough for sums to meet.
template <class Params>
std::vector<AffinePoint<Params>> points_that_meet(const AffinePoint<Params>& generator) {
  std::vector<JacobianPoint<Params>> points = {JacobianPoint<Params>::infinity()};
  for (int i = 0; i < 8; ++i) points.push_back(points.back() + generator);
  for (std::size_t i = 1; i < 9; ++i) points.push_back(-points[i]);
  return to_affine_batch<Params>(points);
}

inline std::vector<G1Affine> points_for_tests(const G1Params& /*group*/) {
  std::vector<G1Affine> points = points_that_meet(g1_generator());
  for (std::size_t bit = 0; bit < 254; ++bit) {  // limbs of all zeros and all ones, as stored
    field::Limbs limbs{};
    limbs[bit / 64] = std::uint64_t{1} << (bit % 64);
    points.push_back(point_at_or_after(Fq{field::reduce_once(limbs, Fq::kModulus)}));
    points.push_back(point_at_or_after(-points.back().x));
  }
  return points;
}

inline std::vector<G2Affine> points_for_tests(const G2Params& /*group*/) {
  return points_that_meet(g2_generator());
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
