#pragma once

#include <string>
#include <vector>

#include "prover/circuit/catalogue.h"

// What several tests of this folder say often.
namespace zkp::prover::circuit::testing {

using Texts = std::vector<std::string>;

inline Inputs positional(Texts public_inputs, Texts private_inputs) {
  return {.named = false,
          .public_inputs = std::move(public_inputs),
          .private_inputs = std::move(private_inputs),
          .inputs = {}};
}
inline Inputs named(std::vector<NamedInput> inputs) {
  return {.named = true, .public_inputs = {}, .private_inputs = {}, .inputs = std::move(inputs)};
}
inline NamedInput one(std::string name, std::string value) {
  return {.name = std::move(name), .values = {std::move(value)}, .is_list = false};
}
inline NamedInput list(std::string name, Texts values) {
  return {.name = std::move(name), .values = std::move(values), .is_list = true};
}

// "first", "first + 1", ... count of them.
inline Texts numbers(std::uint64_t first, std::size_t count) {
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(std::to_string(first + i));
  return texts;
}

// A request that holds.
struct Case {
  std::string circuit_type;
  Inputs inputs;
  std::string shape;
  Texts public_signals = {};  // empty: any
};

// Requests for every family, in every form that it has.
std::vector<Case> good_cases();

}  // namespace zkp::prover::circuit::testing
