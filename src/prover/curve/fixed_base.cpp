#include <tbb/parallel_for.h>

#include "prover/curve/msm.h"

namespace zkp::prover::curve {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kWindowBits = 8;
constexpr std::size_t kWindows = 32;
constexpr std::size_t kDigits = 1 << kWindowBits;
constexpr std::size_t kChunk = 512;

// table[kDigits * w + d] = d * 2^(8 w) * base
template <class Params>
std::vector<AffinePoint<Params>> multiples_of(const AffinePoint<Params>& base) {
  using Point = JacobianPoint<Params>;
  std::vector<Point> table;
  table.reserve(kWindows * kDigits);
  Point unit = Point::from_affine(base);
  for (std::size_t window = 0; window < kWindows; ++window) {
    Point multiple = Point::infinity();
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      table.push_back(multiple);
      multiple = multiple + unit;
    }
    unit = multiple;
  }
  return to_affine_batch<Params>(table);
}

template <class Params>
base::Result<std::vector<AffinePoint<Params>>> multiply(const AffinePoint<Params>& base,
                                                        std::span<const Fr> scalars,
                                                        const std::stop_token& stop) {
  const std::vector<AffinePoint<Params>> table = multiples_of(base);
  std::vector<AffinePoint<Params>> out(scalars.size());
  const auto multiply_chunk = [&](const tbb::blocked_range<std::size_t>& range) {
    if (stop.stop_requested()) return;
    std::vector<JacobianPoint<Params>> sums(range.size(), JacobianPoint<Params>::infinity());
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const field::Limbs scalar = scalars[range.begin() + i].to_standard();
      for (std::size_t window = 0; window < kWindows; ++window) {
        const std::size_t digit = (scalar[window / 8] >> (window % 8 * kWindowBits)) & 0xff;
        sums[i] = sums[i] + table[window * kDigits + digit];
      }
    }
    std::ranges::copy(to_affine_batch<Params>(sums), out.begin() + std::ptrdiff_t(range.begin()));
  };
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, scalars.size(), kChunk), multiply_chunk);
  if (stop.stop_requested()) {
    return Error{ErrorCode::cancelled, "fixed-base multiplication: cancelled"};
  }
  return out;
}

}  // namespace

base::Result<std::vector<G1Affine>> multiply_fixed_base(const G1Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels&,
                                                        std::stop_token stop) {
  return multiply<G1Params>(base, scalars, stop);
}

base::Result<std::vector<G2Affine>> multiply_fixed_base(const G2Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels&,
                                                        std::stop_token stop) {
  return multiply<G2Params>(base, scalars, stop);
}

}  // namespace zkp::prover::curve
