#include "base/assert.h"
#include "prover/witness/circom/inputs.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

// What is read is below r; what is refused says why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto inputs = witness::read_inputs_json(zkp::base::as_text({data, size}));
  if (!inputs.ok()) {
    ZKP_ASSERT(!inputs.error().message.empty());
    return 0;
  }
  for (const witness::Input& input : *inputs) {
    for (const field::Limbs& value : input.values.reveal()) {
      ZKP_ASSERT(field::less_than(value, field::Fr::kModulus));
    }
  }
  return 0;
}
