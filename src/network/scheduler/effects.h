#pragma once

#include <string>
#include <variant>
#include <vector>

#include "network/scheduler/events.h"

// What the scheduler wants done. Effects on the store happen at any time and in any order; those
// with an answer are repeated by the shell until they have one, so a database that is away for a
// while loses nothing. Sends to one worker keep their order.
namespace zkp::network::scheduler {

// --- on the store ---------------------------------------------------------------------------

struct Claim {  // -> Claimed or ClaimFailed; never two at a time, nor beside ListInFlight
  std::size_t limit = 0;
};
struct ListInFlight {};    // -> InFlightListed or ListFailed
struct RecordAssignment {  // -> AssignmentRecorded
  AttemptRef ref;
  WorkerId worker;
  CircuitId circuit;
  base::Bytes sealed_inputs;
};
struct RecordStart {  // no answer
  AttemptRef ref;
};
struct ReportProgress {  // no answer; may be left out
  std::vector<Progress> progress;
};
struct Verify {  // -> ProofVerified. A valid proof completes the task before the answer
  WorkerId worker;
  AttemptRef ref;
  task::Proof proof;
};
struct Release {  // -> AttemptEnded
  AttemptRef ref;
  base::Time not_before{};
  std::optional<task::Failure> failure;  // spends the task's budget
  std::uint64_t memory_floor_bytes = 0;
};
struct Fail {  // -> AttemptEnded
  AttemptRef ref;
  task::Failure failure;
};
struct Survey {  // -> Surveyed; never two at a time
  bool count_pending = false;
};
struct FailOverdue {  // -> OverdueFailed; never two at a time
  std::size_t limit = 0;
};
struct PublishSetup {  // -> SetupChecked: looks at the files, and makes them the circuit's
  CircuitId circuit;
  WorkerId worker;
  std::string r1cs_digest, zkey_digest;
};
struct FailCircuit {  // -> CircuitFailed
  CircuitId circuit;
  task::Failure failure;
};
struct RemoveFinished {  // -> FinishedRemoved; never two at a time
  base::Time before{};
  std::size_t limit = 0;
};

// --- to a worker ----------------------------------------------------------------------------

struct Welcome {
  WorkerId worker;
};
struct SendAssign {  // what RecordAssignment made ready
  WorkerId worker;
  AttemptRef ref;
};
struct SendCancel {
  WorkerId worker;
  AttemptRef ref;
};
struct SendAck {
  WorkerId worker;
  AttemptRef ref;
};
struct SendSetup {
  WorkerId worker;
  CircuitId circuit;
};
struct SendCancelSetup {
  WorkerId worker;
  CircuitId circuit;
};
struct SendDrain {
  WorkerId worker;
};
struct Disconnect {  // no WorkerLeft follows
  WorkerId worker;
  std::string reason;
};

// --- for the record -------------------------------------------------------------------------

struct Quarantined {  // gets no more work
  WorkerId worker;
  std::string reason;
};

using Effect = std::variant<Claim, ListInFlight, RecordAssignment, RecordStart, ReportProgress,
                            Verify, Release, Fail, Survey, FailOverdue, PublishSetup, FailCircuit,
                            RemoveFinished, Welcome, SendAssign, SendCancel, SendAck, SendSetup,
                            SendCancelSetup, SendDrain, Disconnect, Quarantined>;
using Effects = std::vector<Effect>;

// One line of text, the same for equal effects: for traces. Holds no inputs and no proof.
std::string describe(const Effect& effect);

}  // namespace zkp::network::scheduler
