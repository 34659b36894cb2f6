#pragma once

#include <optional>

#include "base/time.h"
#include "network/scheduler/effects.h"
#include "network/store/artifact_store.h"
#include "network/store/store.h"
#include "services/coordinator/circuit_book.h"
#include "services/request/input_seal.h"
#include "zkp/v1/worker.pb.h"

namespace zkp::services::coordinator {

// What came of an effect on the store.
struct Answer {
  std::optional<network::scheduler::Event> event;
  std::optional<v1::Instruction> assign;  // AssignmentRecorded: to be sent with SendAssign
};

// Carries out the scheduler's effects on the store, for the leader of one term: with the checks of
// proofs and keys that belong to them. Blocks; any thread.
class LeaderWork {
 public:
  // REQUIRES: all of them outlive this.
  LeaderWork(network::store::Store& store, network::store::ArtifactStore& artifacts,
             const request::InputSeal& seal, const base::Clock& clock)
      : store_(store), artifacts_(artifacts), seal_(seal), clock_(clock), book_(store) {}

  // Makes older leaders harmless, and reads what this one begins with.
  base::Result<network::scheduler::TookOver> take_over(network::task::Term term);

  // failed_precondition: a newer leader has taken over. Any other error: the store did not do it,
  // or did not say so; the effect may be carried out again. REQUIRES: an effect on the store.
  base::Result<Answer> carry_out(network::task::Term term,
                                 const network::scheduler::Effect& effect);

 private:
  struct Act;

  network::store::Store& store_;
  network::store::ArtifactStore& artifacts_;
  const request::InputSeal& seal_;
  const base::Clock& clock_;
  CircuitBook book_;
};

}  // namespace zkp::services::coordinator
