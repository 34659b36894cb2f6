#include "base/assert.h"
#include "prover/iden3/formats.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

// What can be read is written to the same bytes, whatever they are read from again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto system = iden3::read_r1cs({data, size})) {
    const zkp::base::Bytes written = iden3::write_r1cs(*system);
    const auto again = iden3::read_r1cs(written);
    ZKP_ASSERT(again.ok());
    ZKP_ASSERT(iden3::write_r1cs(*again) == written);
    ZKP_ASSERT(again->a.terms == system->a.terms && again->b.terms == system->b.terms &&
               again->c.terms == system->c.terms);
    ZKP_ASSERT(again->wire_labels == system->wire_labels);
  }
  return 0;
}
