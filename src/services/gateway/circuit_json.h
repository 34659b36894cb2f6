#pragma once

#include <nlohmann/json.hpp>

#include "network/store/store.h"

namespace zkp::services::gateway {

// What clients see of one circuit.
nlohmann::ordered_json circuit_json(const network::store::Circuit& circuit);

}  // namespace zkp::services::gateway
