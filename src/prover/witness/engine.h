#pragma once

#include <atomic>
#include <cstddef>

#include "base/bytes.h"

namespace zkp::prover::witness {

// SpiderMonkey's start and end. main() makes the one that there is, before any Program, and it
// outlives all of them and all calculations. If there is no memory for it, they say so.
// REQUIRES: one in a process's whole life, for SpiderMonkey cannot be started again.
class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] bool started() const { return started_; }
  // The part of SpiderMonkey that is written in JavaScript, as it is compiled once; empty if there
  // was no memory to do so.
  [[nodiscard]] base::ByteView self_hosted_code() const { return self_hosted_code_; }
  // How many programs are alive.
  [[nodiscard]] std::atomic<std::size_t>& programs() const { return programs_; }

 private:
  bool started_;
  base::Bytes self_hosted_code_;
  mutable std::atomic<std::size_t> programs_ = 0;
};

}  // namespace zkp::prover::witness
