#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// The functions of a witness program, as far as they decide what it costs to compile them. Both of
// SpiderMonkey's compilers take time and memory that grow with the square of the code's size for
// some code: the quick one, where many values are on the operand stack; the optimising one, where a
// function has many locals and blocks (15 kB of such code made it take 5.5 GB). circom makes none
// of that.
namespace zkp::prover::witness {

struct FunctionType {
  std::uint32_t parameters, results;
};

struct FunctionTypes {
  std::vector<FunctionType> types;      // the type section
  std::vector<std::uint32_t> of_index;  // function -> its type; the imported ones first
  std::uint32_t imported = 0;
};

// Whether the optimising compiler may be let at the code of `section`, the code section.
// invalid_argument for what is damaged, or has instructions that circom does not use; too_large for
// code that the quick compiler should not be let at either. Whether the code is valid is
// SpiderMonkey's to say.
base::Result<bool> may_optimise_code(base::ByteView section, const FunctionTypes& functions);

}  // namespace zkp::prover::witness
