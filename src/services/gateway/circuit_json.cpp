#include "services/gateway/circuit_json.h"

#include "services/gateway/registered_circuit.h"
#include "services/gateway/task_json.h"

namespace zkp::services::gateway {

nlohmann::ordered_json circuit_json(const network::store::Circuit& circuit) {
  nlohmann::ordered_json json{{"circuit", circuit.id.value}, {"ready", circuit.ready}};
  if (circuit.version > 0) {
    json["circuit_type"] = circuit.circuit_type;
    json["status"] = status_of(circuit);
    json["program_digest"] = circuit.program_digest;
  }
  if (!circuit.failure.empty()) json["failure"] = circuit.failure;
  if (!circuit.ready) return json;
  json["constraint_count"] = circuit.constraint_count;
  json["circuit_digest"] = circuit.circuit_digest;
  json["key_digest"] = circuit.key_digest;
  json["setup"] = circuit.setup_kind;
  json["verification_key"] = verification_key_path(circuit.key_digest);
  json["verifier"] = "/api/v1/keys/" + circuit.key_digest + "/verifier.sol";
  return json;
}

}  // namespace zkp::services::gateway
