#pragma once

#include "base/result.h"
#include "network/scheduler/effects.h"
#include "zkp/v1/worker.pb.h"

// The workers' protocol as events for the scheduler, and its effects as instructions. Everything
// that a worker says is checked here for its form; a worker that says something else is cut off.
namespace zkp::services::coordinator {

// invalid_argument: an id that is none, a number or a list beyond any reason.
base::Result<network::scheduler::WorkerJoined> read_hello(const v1::Hello& hello);

// Every event but Hello.
base::Result<network::scheduler::Event> read_event(const network::task::WorkerId& worker,
                                                   v1::WorkerEvent event);

v1::AttemptRef write_ref(const network::scheduler::AttemptRef& ref);
v1::Instruction write_cancel(const network::scheduler::AttemptRef& ref);
v1::Instruction write_ack(const network::scheduler::AttemptRef& ref);
v1::Instruction write_setup(const network::task::CircuitId& circuit);
v1::Instruction write_cancel_setup(const network::task::CircuitId& circuit);
v1::Instruction write_redirect(const std::string& leader_address);

}  // namespace zkp::services::coordinator
