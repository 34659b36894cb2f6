#include <span>
#include <string>

#include "base/bytes.h"
#include "services/gateway/proof_request.h"
#include "services/request/inputs_json.h"

// Any body: an Error, or a request whose inputs ask for the same shape after their way to the
// worker.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp;
  auto request = services::gateway::parse_proof_request(base::as_text({data, size}));
  if (!request.ok()) return 0;
  const auto carried = services::request::write_inputs(request->inputs);
  const auto arrived = services::request::parse_inputs(carried.reveal());
  ZKP_ASSERT(arrived.ok());
  const auto shape = prover::circuit::shape_of(request->shape.circuit_type, *arrived);
  ZKP_ASSERT(shape.ok() && *shape == request->shape);
  services::gateway::wipe(request->inputs);
  return 0;
}
