#pragma once

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/secret.h"
#include "prover/circuit/catalogue.h"

// A request's inputs as JSON: how a client sends them, and how they travel from the gateway to the
// worker.
namespace zkp::services::request {

// Reads "public_inputs" and "private_inputs", or "inputs", of a JSON object as parse_json
// (json_text.h) gives it; other members are not looked at. Elements are texts or whole numbers
// (their digits are kept, whatever their size). invalid_argument with a pointer for each wrong
// place, the first ones if there are many: neither form or both, a number with a fraction, an
// exponent or a minus, another type, a list in a list.
base::Result<prover::circuit::Inputs> read_inputs(const nlohmann::json& body);

// The same JSON again, as bytes; wiped on release, because it holds the private ones. REQUIRES: the
// texts are UTF-8, and an input that is not a list has one value, as read_inputs gives them.
base::SecretBytes write_inputs(const prover::circuit::Inputs& inputs);
base::Result<prover::circuit::Inputs> parse_inputs(base::ByteView bytes);

}  // namespace zkp::services::request
