#pragma once

#include <string>

#include "apps/zkp/command.h"
#include "prover/circuit/constraint_system.h"

namespace zkp::apps {

struct WitnessFiles {
  std::string wasm;   // a witness program of circom's
  std::string input;  // its inputs, JSON
};

// Compiles the program and runs it on the inputs. What the circuit logs goes to standard error.
base::Result<prover::circuit::Witness> calculate_witness(const WitnessFiles& files,
                                                         const Environment& environment);

}  // namespace zkp::apps
