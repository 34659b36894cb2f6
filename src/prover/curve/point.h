#pragma once

#include <vector>

#include "prover/curve/tower.h"

// The two groups of BN254, both of prime order r:
//   G1: y^2 = x^3 + 3 over Fq; every point of the curve is in the group
//   G2: y^2 = x^3 + 3 / (9 + u) over Fq2; a subgroup of the curve, so membership must be checked
namespace zkp::prover::curve {

struct G1Params {
  using Coordinate = Fq;
  static constexpr const char* kName = "G1";
  static Coordinate b();
};
struct G2Params {
  using Coordinate = Fq2;
  static constexpr const char* kName = "G2";
  static Coordinate b();
};

// A point by its coordinates. Infinity is (0, 0), which is not on either curve; the key files write
// it so too.
template <class Params>
struct alignas(64) AffinePoint {
  using Coordinate = typename Params::Coordinate;
  Coordinate x, y;

  static constexpr AffinePoint infinity() { return {}; }
  [[nodiscard]] constexpr bool is_infinity() const { return x.is_zero() && y.is_zero(); }
  friend constexpr bool operator==(const AffinePoint&, const AffinePoint&) = default;
  friend constexpr AffinePoint operator-(const AffinePoint& p) { return {p.x, -p.y}; }
  [[nodiscard]] bool is_on_curve() const;  // true for infinity
};

// A point in Jacobian coordinates: (x / z^2, y / z^3). Infinity has z = 0.
// Formulas: Bernstein and Lange, Explicit-Formulas Database, short Weierstrass with a = 0.
template <class Params>
struct JacobianPoint {
  using Coordinate = typename Params::Coordinate;
  using Affine = AffinePoint<Params>;
  Coordinate x, y, z;

  static JacobianPoint infinity() {
    return {Coordinate::one(), Coordinate::one(), Coordinate::zero()};
  }
  static JacobianPoint from_affine(const Affine& p);
  [[nodiscard]] bool is_infinity() const { return z.is_zero(); }
  [[nodiscard]] Affine to_affine() const;       // one inversion
  [[nodiscard]] JacobianPoint doubled() const;  // dbl-2009-l
  friend JacobianPoint operator+(const JacobianPoint& a, const JacobianPoint& b) {
    return a.plus(b);
  }
  friend JacobianPoint operator+(const JacobianPoint& a, const Affine& b) { return a.plus(b); }
  friend JacobianPoint operator-(const JacobianPoint& p) { return {p.x, -p.y, p.z}; }
  // scalar * this. Variable time.
  friend JacobianPoint operator*(const JacobianPoint& p, const Fr& scalar) {
    return p.times(scalar.to_standard());
  }
  // The same point, whatever the coordinates.
  friend bool operator==(const JacobianPoint& a, const JacobianPoint& b) { return a.equals(b); }

  [[nodiscard]] JacobianPoint plus(const JacobianPoint& other) const;  // add-2007-bl
  [[nodiscard]] JacobianPoint plus(const Affine& other) const;         // madd-2007-bl
  [[nodiscard]] JacobianPoint times(const field::Limbs& scalar) const;
  [[nodiscard]] bool equals(const JacobianPoint& other) const;
};

using G1Affine = AffinePoint<G1Params>;
using G2Affine = AffinePoint<G2Params>;
using G1 = JacobianPoint<G1Params>;
using G2 = JacobianPoint<G2Params>;

const G1Affine& g1_generator();
const G2Affine& g2_generator();

// True if r * p is infinity (and p is on its curve): for G2, by the endomorphism (El Housni,
// Guillevic, Piellard 2022).
bool is_in_subgroup(const G1Affine& p);
bool is_in_subgroup(const G2Affine& p);

// Many points to affine at once: one inversion and a few products a point.
template <class Params>
std::vector<AffinePoint<Params>> to_affine_batch(std::span<const JacobianPoint<Params>> points);

}  // namespace zkp::prover::curve
