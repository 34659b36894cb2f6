#include <algorithm>

#include "prover/curve/msm.h"

namespace zkp::prover::curve {

// By random linear combinations (Koshelev 2022). The order of the curve over that of G2 is
// 10069 * 5864401 * 1875725156269 * p with a prime p of 178 bits, so whatever a point is off by has
// an order of at least 10069: of 2^13 weights of it at most one makes up for the other points.
base::Result<bool> all_in_subgroup(std::span<const G2Affine> points, base::Random& random,
                                   const field::Kernels& kernels, std::stop_token stop) {
  constexpr std::size_t kRounds = 10;
  constexpr std::uint16_t kMostWeight = (1 << 13) - 1;
  std::vector<std::uint16_t> bits(points.size());
  std::vector<field::Limbs> weights(points.size());
  for (std::size_t round = 0; round < kRounds; ++round) {
    random.fill({reinterpret_cast<std::uint8_t*>(bits.data()), bits.size() * sizeof(bits[0])});
    std::ranges::transform(bits, weights.begin(), [](std::uint16_t value) {
      return field::Limbs{value & std::uint64_t{kMostWeight}, 0, 0, 0};
    });
    ZKP_TRY(const G2 sum, msm(points, weights, kernels, {.stop = stop}));
    if (!is_in_subgroup(sum.to_affine())) return false;
  }
  return true;
}

}  // namespace zkp::prover::curve
