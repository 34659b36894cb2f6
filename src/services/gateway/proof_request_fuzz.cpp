#include <span>
#include <string>

#include "base/bytes.h"
#include "prover/witness/circom/inputs.h"
#include "services/gateway/proof_request.h"
#include "services/request/inputs_json.h"

// Any body: an Error, or a request whose inputs read, and ask for the same circuit, after their way
// to the worker.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp;
  const auto request = services::gateway::parse_proof_request(base::as_text({data, size}),
                                                              [](const std::string& name) {
                                                                network::store::Circuit circuit;
                                                                circuit.id = {name + "@1"};
                                                                circuit.circuit_type = name;
                                                                return base::Result(circuit);
                                                              });
  if (!request.ok()) return 0;
  if (request->circuit.value.find('@') != std::string::npos) {
    ZKP_ASSERT(prover::witness::read_inputs_json(base::as_text(request->inputs.reveal())).ok());
    return 0;
  }
  const auto arrived = services::request::parse_inputs(request->inputs.reveal());
  ZKP_ASSERT(arrived.ok());
  const auto shape = prover::circuit::shape_of(request->circuit_type, *arrived);
  ZKP_ASSERT(shape.ok() && shape->id() == request->circuit.value);
  return 0;
}
