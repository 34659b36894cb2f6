#include "prover/curve/pairing.h"

#include "prover/curve/final_exponentiation.h"
#include "prover/curve/miller_loop.h"

namespace zkp::prover::curve {

Fq12 pairing_product(std::span<const PointPair> pairs) {
  return final_exponentiation(miller_loop(pairs).value);
}

}  // namespace zkp::prover::curve
