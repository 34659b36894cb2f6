#include <algorithm>

#include "prover/curve/msm.h"
#include "prover/groth16/prove.h"

namespace zkp::prover::groth16 {

// Most is held while the quotient is computed: with its rows, and beside it as many sums as there
// are further threads, of the largest first. The rest is measured (`zkp bench groth16`).
std::uint64_t predicted_memory_bytes(const KeySizes& sizes, std::size_t threads) {
  constexpr std::uint64_t kProgram = 26 << 20;  // with what each thread has
  const std::uint64_t wires = sizes.wire_count;
  const std::uint64_t domain = sizes.domain_size;
  const std::uint64_t key = sizes.coefficient_count * sizeof(KeyTerm) +
                            2 * domain * sizeof(std::uint32_t) +
                            (3 * wires + domain) * sizeof(G1Affine) + wires * sizeof(G2Affine);
  const std::uint64_t witness = wires * sizeof(field::Limbs);
  const std::uint64_t quotient = 9 * domain * sizeof(Fr) / 2;  // a, b, c, itself, roots of unity
  // Small blocks that sums before gave back to the process stay with it.
  constexpr std::uint64_t kMostKept = 8 << 20;
  const std::uint64_t largest_sum = curve::msm_memory_bytes<curve::G2Params>(wires);
  std::uint64_t sums = std::min(largest_sum, kMostKept);
  if (threads > 1) {
    constexpr std::size_t kFurtherSums = 3;  // A, B1 and C
    sums += largest_sum +
            std::min(threads - 2, kFurtherSums) * curve::msm_memory_bytes<curve::G1Params>(wires);
  }
  return key + witness + quotient + sums + kProgram;
}

}  // namespace zkp::prover::groth16
