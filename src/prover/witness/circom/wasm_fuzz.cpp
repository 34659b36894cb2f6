#include "base/assert.h"
#include "prover/witness/circom/wasm_module.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

// A bounded module is bounded already: to bound it again changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const witness::ModuleLimits limits{.module_bytes = 1 << 20, .memory_bytes = 1 << 20};
  if (const auto bounded = witness::bound_module({data, size}, limits)) {
    const auto again = witness::bound_module(bounded->wasm, limits);
    ZKP_ASSERT(again.ok() && again->wasm == bounded->wasm);
  }
  return 0;
}
