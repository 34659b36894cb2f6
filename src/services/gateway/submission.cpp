#include "services/gateway/submission.h"

namespace zkp::services::gateway {

base::Result<network::task::Task> Submissions::submit(const ProofRequest& request,
                                                      Idempotency idempotency) {
  const base::Time now = ports_.clock.now();
  const auto id = network::task::TaskId::make(now, ports_.random);
  ZKP_TRY(auto submitted,
          ports_.store.submit(
              {.id = id,
               .circuit_type = request.circuit_type,
               .circuit = request.circuit,
               .sealed_inputs = ports_.seal.close(id, request.inputs.reveal(), ports_.random),
               .options = request.options,
               .idempotency_key = std::move(idempotency.key),
               .request_digest = std::move(idempotency.request_digest),
               .now = now},
              most_pending_));
  return std::move(submitted.task);
}

}  // namespace zkp::services::gateway
