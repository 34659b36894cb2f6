#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/witness/circom/inputs.h"

namespace zkp::prover::witness {

// The places that a program can name when it refuses its inputs, such as "Error in template
// Range_3": the ones that stand in its bytes. A message that names anything else was made when the
// program ran, out of values perhaps, and is not shown.
class Places {
 public:
  explicit Places(base::ByteView wasm);
  // Whether this is one of the places and " line: " with a number.
  [[nodiscard]] bool allow(std::string_view message) const;

 private:
  std::vector<std::string> places_;  // sorted
};

// The error that a report of driver.js stands for. REQUIRES: it is not empty.
base::Error failure_of(std::string_view report, const Inputs& inputs, const Places& places);

}  // namespace zkp::prover::witness
