#include <algorithm>

#include "base/assert.h"
#include "prover/iden3/formats.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto witness = iden3::read_wtns({data, size})) {
    const auto again = iden3::read_wtns(iden3::write_wtns(*witness).reveal());
    ZKP_ASSERT(again.ok());
    ZKP_ASSERT(std::ranges::equal(again->reveal(), witness->reveal()));
  }
  return 0;
}
