#include "prover/curve/msm.h"

#include <algorithm>
#include <bit>

namespace zkp::prover::curve {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kWindowBits = 8;
constexpr std::size_t kWindows = 32;

std::size_t digit_of(const field::Limbs& scalar, std::size_t window) {
  return (scalar[window / 8] >> (window % 8 * kWindowBits)) & 0xff;
}

// Pippenger's bucket method (Bernstein, Doumen, Lange, Oosterwijk 2012, section 4).
template <class Params>
base::Result<JacobianPoint<Params>> sum(std::span<const AffinePoint<Params>> points,
                                        std::span<const field::Limbs> scalars,
                                        const std::stop_token& stop) {
  using Point = JacobianPoint<Params>;
  ZKP_ASSERT(points.size() == scalars.size());
  Point total = Point::infinity();
  for (std::size_t window = kWindows; window-- > 0;) {
    for (std::size_t i = 0; i < kWindowBits; ++i) total = total.doubled();
    std::vector<Point> buckets(std::size_t{1} << kWindowBits, Point::infinity());
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (i % 1024 == 0 && stop.stop_requested()) {
        return Error{ErrorCode::cancelled, "msm: cancelled"};
      }
      Point& bucket = buckets[digit_of(scalars[i], window)];
      bucket = bucket + points[i];
    }
    Point running = Point::infinity();
    for (std::size_t digit = buckets.size(); digit-- > 1;) {
      running = running + buckets[digit];
      total = total + running;
    }
  }
  return total;
}

}  // namespace

base::Result<G1> msm(std::span<const G1Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels&, std::stop_token stop) {
  return sum<G1Params>(points, scalars, stop);
}

base::Result<G2> msm(std::span<const G2Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels&, std::stop_token stop) {
  return sum<G2Params>(points, scalars, stop);
}

}  // namespace zkp::prover::curve
