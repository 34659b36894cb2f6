#include "prover/curve/vector_pairing.h"

namespace zkp::prover::curve {

const VectorPairing* vector_pairing() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512ifma") != 0) {
    return &kIfmaPairing;
  }
#endif
  return nullptr;
}

}  // namespace zkp::prover::curve
