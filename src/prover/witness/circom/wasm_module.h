#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

// The structure of a witness program's .wasm, as far as it decides what the program can do to this
// process. Whether it is valid is left to SpiderMonkey, which checks all of it before it runs any.
// Source: WebAssembly Core Specification 2.0, section 5.5.
namespace zkp::prover::witness {

struct ModuleLimits {
  std::uint64_t module_bytes = std::uint64_t{128} << 20;
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;
};

// The same module, bounded: its memory cannot grow over the limit, its table not at all; names and
// other custom sections are left out.
struct BoundedModule {
  base::Bytes wasm;
  bool may_optimise = false;  // see wasm_code.h
};

// invalid_argument for what is no module, imports what circom's programs do not import, lacks what
// they export, or holds what they do not hold (a start function, a second memory or table, shared
// memory, instructions of other kinds); too_large if it is larger, or asks for more memory, than
// the limits allow.
base::Result<BoundedModule> bound_module(base::ByteView wasm, const ModuleLimits& limits);

}  // namespace zkp::prover::witness
