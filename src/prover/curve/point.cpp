#include "prover/curve/point.h"

#include <algorithm>

namespace zkp::prover::curve {

Fq G1Params::b() {
  static constexpr Fq kB = Fq::from_u64(3);
  return kB;
}

Fq2 G2Params::b() {
  static const Fq2 kB = Fq2{Fq::from_u64(9), Fq::one()}.inverse() * Fq::from_u64(3);
  return kB;
}

template <class Params>
bool AffinePoint<Params>::is_on_curve() const {
  return is_infinity() || y.squared() == x.squared() * x + Params::b();
}

template <class Params>
JacobianPoint<Params> JacobianPoint<Params>::from_affine(const Affine& p) {
  return p.is_infinity() ? infinity() : JacobianPoint{p.x, p.y, Coordinate::one()};
}

template <class Params>
AffinePoint<Params> JacobianPoint<Params>::to_affine() const {
  if (is_infinity()) return Affine::infinity();
  const Coordinate z_inverse = z.inverse();
  const Coordinate square = z_inverse.squared();
  return {x * square, y * square * z_inverse};
}

template <class Params>
JacobianPoint<Params> JacobianPoint<Params>::doubled() const {
  const Coordinate a = x.squared();
  const Coordinate b = y.squared();
  const Coordinate c = b.squared();
  const Coordinate d = ((x + b).squared() - a - c).doubled();
  const Coordinate e = a.doubled() + a;
  const Coordinate x3 = e.squared() - d.doubled();
  return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
}

template <class Params>
JacobianPoint<Params> JacobianPoint<Params>::plus(const JacobianPoint& other) const {
  if (is_infinity()) return other;
  if (other.is_infinity()) return *this;
  const Coordinate z1z1 = z.squared();
  const Coordinate z2z2 = other.z.squared();
  const Coordinate u1 = x * z2z2;
  const Coordinate s1 = y * other.z * z2z2;
  const Coordinate h = other.x * z1z1 - u1;
  const Coordinate r = (other.y * z * z1z1 - s1).doubled();
  if (h.is_zero()) return r.is_zero() ? doubled() : infinity();
  const Coordinate i = h.doubled().squared();
  const Coordinate j = h * i;
  const Coordinate v = u1 * i;
  const Coordinate x3 = r.squared() - j - v.doubled();
  return {x3, r * (v - x3) - (s1 * j).doubled(), ((z + other.z).squared() - z1z1 - z2z2) * h};
}

template <class Params>
JacobianPoint<Params> JacobianPoint<Params>::plus(const Affine& other) const {
  if (other.is_infinity()) return *this;
  if (is_infinity()) return from_affine(other);
  const Coordinate z1z1 = z.squared();
  const Coordinate h = other.x * z1z1 - x;
  const Coordinate r = (other.y * z * z1z1 - y).doubled();
  if (h.is_zero()) return r.is_zero() ? doubled() : infinity();
  const Coordinate hh = h.squared();
  const Coordinate i = hh.doubled().doubled();
  const Coordinate j = h * i;
  const Coordinate v = x * i;
  const Coordinate x3 = r.squared() - j - v.doubled();
  return {x3, r * (v - x3) - (y * j).doubled(), (z + h).squared() - z1z1 - hh};
}

template <class Params>
JacobianPoint<Params> JacobianPoint<Params>::times(const field::Limbs& scalar) const {
  std::size_t bits = 256;
  while (bits > 0 && !field::bit_of(scalar, bits - 1)) --bits;
  JacobianPoint result = infinity();
  for (std::size_t i = bits; i-- > 0;) {
    result = result.doubled();
    if (field::bit_of(scalar, i)) result = result.plus(*this);
  }
  return result;
}

template <class Params>
bool JacobianPoint<Params>::equals(const JacobianPoint& other) const {
  if (is_infinity() || other.is_infinity()) return is_infinity() == other.is_infinity();
  const Coordinate z1z1 = z.squared();
  const Coordinate z2z2 = other.z.squared();
  return x * z2z2 == other.x * z1z1 && y * other.z * z2z2 == other.y * z * z1z1;
}

const G1Affine& g1_generator() {
  static constexpr G1Affine kGenerator = {Fq::one(), Fq::from_u64(2)};
  return kGenerator;
}

// EIP-197 names the same point.
const G2Affine& g2_generator() {
  static constexpr G2Affine kGenerator = {
      {Fq::from_standard(
           {0x46debd5cd992f6ed, 0x674322d4f75edadd, 0x426a00665e5c4479, 0x1800deef121f1e76}),
       Fq::from_standard(
           {0x97e485b7aef312c2, 0xf1aa493335a9e712, 0x7260bfb731fb5d25, 0x198e9393920d483a})},
      {Fq::from_standard(
           {0x4ce6cc0166fa7daa, 0xe3d1e7690c43d37b, 0x4aab71808dcb408f, 0x12c85ea5db8c6deb}),
       Fq::from_standard(
           {0x55acdadcd122975b, 0xbc4b313370b38ef3, 0xec9e99ad690c3395, 0x090689d0585ff075})}};
  return kGenerator;
}

template <class Params>
std::vector<AffinePoint<Params>> to_affine_batch(std::span<const JacobianPoint<Params>> points) {
  using Coordinate = typename Params::Coordinate;
  std::vector<Coordinate> inverses(points.size()), scratch(points.size());
  std::ranges::transform(points, inverses.begin(), [](const auto& point) { return point.z; });
  field::invert_batch<Coordinate>(inverses, scratch);
  std::vector<AffinePoint<Params>> affine(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {  // z = 0 has the "inverse" 0: infinity's (0, 0)
    const Coordinate square = inverses[i].squared();
    affine[i] = {points[i].x * square, points[i].y * square * inverses[i]};
  }
  return affine;
}

template struct AffinePoint<G1Params>;
template struct AffinePoint<G2Params>;
template struct JacobianPoint<G1Params>;
template struct JacobianPoint<G2Params>;
template std::vector<G1Affine> to_affine_batch(std::span<const G1>);
template std::vector<G2Affine> to_affine_batch(std::span<const G2>);

}  // namespace zkp::prover::curve
