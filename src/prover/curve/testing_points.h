#pragma once

#include <vector>

#include "base/random.h"
#include "prover/curve/point.h"
#include "prover/curve/square_root.h"

// Points for tests.
namespace zkp::prover::curve {

// The first point of G1 with an x of `from`, from + 1 and so on.
inline G1Affine point_at_or_after(Fq from) {
  for (Fq x = from;; x += Fq::one()) {
    const Fq square = x.squared() * x + Fq::from_u64(3);
    if (const auto y = square_root(square)) return {x, *y};
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
  if (const auto y = square_root(square)) return {x, *y};
  return G2Affine::infinity();
}

inline G2Affine curve_point(base::Random& random) {
  while (true) {
    const G2Affine point = curve_point({Fq::random(random), Fq::random(random)});
    if (!point.is_infinity()) return point;
  }
}

}  // namespace zkp::prover::curve
