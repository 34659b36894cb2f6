#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "prover/field/field.h"

namespace zkp::prover::witness {

// The values of one input signal, below r, in standard form; of an array, the last index runs
// fastest.
struct Input {
  std::string name;
  base::SecretVector<field::Limbs> values;
};

// In any order. Wiped on release.
using Inputs = std::vector<Input>;

// Reads circom's input.json: an object of the signals' names and values, each a whole number, a
// text of a decimal or 0x-hexadecimal number, or a list of such values or lists. Numbers are exact,
// whatever their size. invalid_argument, with line and column, for what is not JSON; with a pointer
// for each value that is no number from 0 to r - 1 (none is reduced silently), a member given twice
// and lists that are too deep. Messages hold no value.
base::Result<Inputs> read_inputs_json(std::string_view text);

}  // namespace zkp::prover::witness
