#pragma once

#include <algorithm>

#include "base/bytes.h"

// The forms in which a task's inputs travel from the gateway to the worker:
//   a witness (.wtns), for any circuit
//   the JSON of inputs_json.h, for a built-in circuit
//   circom's input.json, for a circuit that a client registered
namespace zkp::services::request {

// Of a circuit that a client registers: so that its signals, as JSON, stay below a message's
// bounds.
inline constexpr std::size_t kMostPublicSignals = 8192;

// Told by its first bytes: JSON begins otherwise.
inline bool is_witness(base::ByteView inputs) {
  return base::as_text(inputs.first(std::min<std::size_t>(inputs.size(), 4))) == "wtns";
}

}  // namespace zkp::services::request
