#include "prover/groth16/prove.h"

namespace zkp::prover::groth16 {

// What stands in memory when the quotient is done: it is then that most is held. The last two
// numbers are measured (bench_memory).
std::uint64_t predicted_memory_bytes(const KeySizes& sizes) {
  const std::uint64_t wires = sizes.wire_count;
  const std::uint64_t domain = sizes.domain_size;
  const std::uint64_t key = sizes.coefficient_count * sizeof(KeyTerm) +
                            2 * domain * sizeof(std::uint32_t) +
                            (3 * wires + domain) * sizeof(G1Affine) + wires * sizeof(G2Affine);
  const std::uint64_t witness = wires * sizeof(field::Limbs);
  const std::uint64_t quotient = 5 * domain * sizeof(Fr);  // a, b, c, itself, roots of unity
  const std::uint64_t sums = 40 * domain;
  constexpr std::uint64_t kProgram = 13'000'000;  // with the threads' own memory
  return key + witness + quotient + sums + kProgram;
}

}  // namespace zkp::prover::groth16
