#include "prover/curve/short_scalar.h"

#include <algorithm>
#include <array>
#include <bit>

#include "prover/curve/endomorphism.h"
#include "prover/curve/pairing_kernels.h"

namespace zkp::prover::curve {
namespace {

G1 multiple(const G1Affine& point, const ShortScalar& scalar) {
  // P, lambda P and P + lambda P = -lambda^2 P.
  const Fq beta_x = point.x * kBeta;
  const std::array<G1Affine, 3> sums = {{point, {beta_x, point.y}, {beta_x * kBeta, -point.y}}};
  G1 result = G1::infinity();
  for (std::size_t bit = 64; bit-- > 0;) {
    result = result.doubled();
    const std::uint64_t digit = (scalar.first >> bit & 1) | (scalar.second >> bit & 1) << 1;
    if (digit != 0) result = result + sums.at(digit - 1);
  }
  return result;
}

// As many as there are lanes, or fewer.
void multiply_in_lanes(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                       const PairingKernel& kernel, G1* results) {
  std::array<LaneMultiple, kPairingLanes> lanes;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const bool there = i < points.size();
    lanes[i].point = std::bit_cast<PointWords<4>>(there ? points[i] : g1_generator());
    lanes[i].first = there ? scalars[i].first : 0;
    lanes[i].second = there ? scalars[i].second : 0;
  }
  kernel.multiply(kBeta.limb.data(), lanes.data());
  const auto fq = [](const std::uint64_t(&words)[4]) { return std::bit_cast<Fq>(words); };
  for (std::size_t i = 0; i < points.size(); ++i) {
    results[i] = {fq(lanes[i].x), fq(lanes[i].y), fq(lanes[i].z)};
  }
}

}  // namespace

ShortScalar ShortScalar::random(base::Random& random) {
  std::array<std::uint8_t, sizeof(ShortScalar)> bytes;
  random.fill(bytes);
  return std::bit_cast<ShortScalar>(bytes);
}

Fr ShortScalar::value() const { return Fr::from_u64(first) + Fr::from_u64(second) * kLambda; }

std::vector<G1> multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                          const field::Kernels& kernels) {
  ZKP_ASSERT(points.size() == scalars.size());
  std::vector<G1> results(points.size());
  const PairingKernel* const kernel = pairing_kernel(kernels);
  for (std::size_t i = 0; i < points.size(); i += kPairingLanes) {
    const std::size_t count = std::min(kPairingLanes, points.size() - i);
    if (kernel != nullptr) {
      multiply_in_lanes(points.subspan(i, count), scalars.subspan(i, count), *kernel, &results[i]);
    } else {
      for (std::size_t j = i; j < i + count; ++j) results[j] = multiple(points[j], scalars[j]);
    }
  }
  return results;
}

}  // namespace zkp::prover::curve
