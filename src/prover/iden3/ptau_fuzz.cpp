#include "base/assert.h"
#include "prover/iden3/formats.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto powers = iden3::read_ptau({data, size}, 0)) {
    ZKP_ASSERT(powers->h.size() == 1 && powers->lagrange_tau_g2.size() == 1);
  }
  // The circuit's hash reads the powers without a check.
  groth16::ProvingKey key;
  key.delta1 = curve::g1_generator();
  (void)iden3::initial_contributions(key, {data, size});
  return 0;
}
