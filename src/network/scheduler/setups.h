#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "network/scheduler/effects.h"
#include "network/scheduler/workers.h"

namespace zkp::network::scheduler {

// The making of keys that circuits wait for: one worker a circuit, one set-up a worker, a few at a
// time. A worker that is lost costs nothing; a set-up that failed is tried on other workers, and
// given up after a few failures. Single-threaded.
class Setups {
 public:
  struct Options {
    base::Duration lease;
    std::size_t most_at_a_time;
    int most_failures;
  };
  explicit Setups(Options options) : options_(options) {}

  // These circuits are wanted, and no others. New ones are not started before `not_before`.
  void want(const std::vector<CircuitId>& circuits, LeaseTime not_before, Effects& effects);
  // Gives out what can be given out.
  void place(const Workers& workers, LeaseTime lease_now, Effects& effects);
  // Ends leases; what was lost waits again.
  void expire(LeaseTime lease_now, Effects& effects);

  // A worker came (again) and works on these: adopts them; what it should have and has not waits.
  void on_joined(const WorkerJoined& event, LeaseTime lease_now, Effects& effects);
  void on_heartbeat(const Heartbeat& event, LeaseTime lease_now, Effects& effects);
  void on_lost(const WorkerId& worker);
  void on_succeeded(const SetupSucceeded& event, Effects& effects);
  void on_failed(const SetupFailed& event, Effects& effects);

  // True: this circuit is settled, and an older survey that wants it is out of date.
  bool on_checked(const SetupChecked& event, Effects& effects);
  void on_circuit_failed(const CircuitFailed& event) { jobs_.erase(event.circuit); }

 private:
  struct Job {
    enum class State { waiting, running, checking, failing } state = State::waiting;
    WorkerId worker;  // running: whose
    LeaseTime lease_until{};
    LeaseTime not_before{};
    int failures = 0;
    std::set<WorkerId> failed_on;
  };
  void fail_once(const CircuitId& circuit, Job& job, const WorkerId& worker,
                 const std::string& message, Effects& effects);

  const Options options_;
  std::map<CircuitId, Job> jobs_;
};

}  // namespace zkp::network::scheduler
