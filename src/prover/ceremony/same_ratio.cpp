#include "prover/ceremony/same_ratio.h"

#include <array>

#include "prover/curve/pairing.h"

namespace zkp::prover::ceremony {

bool same_ratio(const Multiplication<curve::G1Affine>& g1,
                const Multiplication<curve::G2Affine>& g2) {
  if (g1.from.is_infinity() || g1.to.is_infinity()) return false;
  if (g2.from.is_infinity() || g2.to.is_infinity()) return false;
  const std::array<curve::PointPair, 2> pairs = {{{g1.from, g2.to}, {-g1.to, g2.from}}};
  return curve::pairing_product(pairs).is_one();
}

}  // namespace zkp::prover::ceremony
