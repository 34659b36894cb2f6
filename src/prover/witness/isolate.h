#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include <js/TypeDecls.h>

#include "base/result.h"
#include "prover/witness/engine.h"

namespace zkp::prover::witness {

struct Bounds {
  std::chrono::milliseconds time;
  std::size_t stack_bytes;
  std::stop_token stop;
  bool optimise = true;  // let the optimising compiler at what is compiled
};

// What runs in an isolate. A call into the engine that fails with no pending exception was ended
// from outside; then any error will do.
using IsolatedWork = std::function<base::Status(JSContext* context, JS::HandleObject global)>;

// Runs `work` in a JSContext and a realm that nothing else shares, on a thread of its own.
// deadline_exceeded or cancelled if it was ended by the bounds; resource_exhausted if the engine
// has not enough memory to begin.
base::Status run_isolated(const Engine& engine, const Bounds& bounds, const IsolatedWork& work);

}  // namespace zkp::prover::witness
