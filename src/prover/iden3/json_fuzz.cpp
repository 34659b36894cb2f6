#include "base/assert.h"
#include "prover/iden3/formats.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

// What can be read is written, and read again to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = zkp::base::as_text({data, size});
  if (const auto proof = iden3::read_proof_json(text)) {
    const auto again = iden3::read_proof_json(iden3::write_proof_json(*proof));
    ZKP_ASSERT(again.ok() && *again == *proof);
  }
  if (const auto signals = iden3::read_public_json(text)) {
    const auto again = iden3::read_public_json(iden3::write_public_json(*signals));
    ZKP_ASSERT(again.ok() && *again == *signals);
  }
  if (const auto key = iden3::read_verification_key_json(text)) {
    const auto again = iden3::read_verification_key_json(iden3::write_verification_key_json(*key));
    ZKP_ASSERT(again.ok() && *again == *key);
  }
  return 0;
}
