#include "prover/curve/pairing_kernels.h"

namespace zkp::prover::curve {

const PairingKernel* pairing_kernel([[maybe_unused]] const field::Kernels& kernels) {
#if defined(__x86_64__)
  if (&kernels == &field::kAvx512IfmaKernels) return &kAvx512IfmaPairing;
#endif
  return nullptr;
}

}  // namespace zkp::prover::curve
