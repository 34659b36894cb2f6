#pragma once

#include "base/random.h"
#include "base/time.h"
#include "network/store/store.h"
#include "services/gateway/proof_request.h"
#include "services/request/input_seal.h"

namespace zkp::services::gateway {

// Hands tasks to the store, their inputs sealed. Any thread.
class Submissions {
 public:
  // REQUIRES: all of them outlive this.
  struct Ports {
    network::store::Store& store;
    const request::InputSeal& seal;
    const base::Clock& clock;
    base::Random& random;
  };
  Submissions(const Ports& ports, std::size_t most_pending)
      : ports_(ports), most_pending_(most_pending) {}

  // Makes a second request with the same key the first one's task. Empty: none.
  struct Idempotency {
    std::string key, request_digest;
  };
  // Blocks. Errors: those of Store::submit.
  base::Result<network::task::Task> submit(const ProofRequest& request, Idempotency idempotency);

 private:
  const Ports ports_;
  const std::size_t most_pending_;
};

}  // namespace zkp::services::gateway
