#include "prover/circuit/selection.h"

namespace zkp::prover::circuit {

std::pair<Linear, Linear> swap_if(Builder& builder, const Linear& bit, const Linear& a,
                                  const Linear& b) {
  const Linear moved = builder.product(bit, b - a);
  return {a + moved, b - moved};
}

}  // namespace zkp::prover::circuit
