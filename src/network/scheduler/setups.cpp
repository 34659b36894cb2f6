#include "network/scheduler/setups.h"

#include <algorithm>

#include <fmt/format.h>

namespace zkp::network::scheduler {
namespace {

constexpr std::size_t kMostJobs = 1024;

bool contains(const std::vector<CircuitId>& circuits, const CircuitId& circuit) {
  return std::ranges::find(circuits, circuit) != circuits.end();
}

}  // namespace

void Setups::want(const std::vector<CircuitId>& circuits, LeaseTime not_before, Effects& effects) {
  std::erase_if(jobs_, [&](const auto& entry) {
    const auto& [circuit, job] = entry;
    if (contains(circuits, circuit)) return false;
    if (job.state == Job::State::checking || job.state == Job::State::failing) return false;
    if (job.state == Job::State::running) effects.push_back(SendCancelSetup{job.worker, circuit});
    return true;
  });
  for (const CircuitId& circuit : circuits) {
    if (jobs_.size() >= kMostJobs) return;
    const auto [job, is_new] = jobs_.try_emplace(circuit);
    if (is_new) job->second.not_before = not_before;
  }
}

void Setups::place(const Workers& workers, LeaseTime lease_now, Effects& effects) {
  std::vector<WorkerId> busy;
  for (const auto& [circuit, job] : jobs_) {
    if (job.state == Job::State::running) busy.push_back(job.worker);
  }
  for (auto& [circuit, job] : jobs_) {
    if (busy.size() >= options_.most_at_a_time) return;
    if (job.state != Job::State::waiting || job.not_before > lease_now) continue;
    std::vector<WorkerId> avoided = busy;
    avoided.insert(avoided.end(), job.failed_on.begin(), job.failed_on.end());
    const WorkerId* worker = workers.choose_for_setup(avoided, lease_now);
    if (worker == nullptr) worker = workers.choose_for_setup(busy, lease_now);
    if (worker == nullptr) continue;
    job.state = Job::State::running;
    job.worker = *worker;
    job.lease_until = lease_now + options_.lease;
    busy.push_back(*worker);
    effects.push_back(SendSetup{*worker, circuit});
  }
}

void Setups::expire(LeaseTime lease_now, Effects& effects) {
  for (auto& [circuit, job] : jobs_) {
    if (job.state != Job::State::running || job.lease_until >= lease_now) continue;
    effects.push_back(SendCancelSetup{job.worker, circuit});
    job.state = Job::State::waiting;
  }
}

void Setups::on_joined(const WorkerJoined& event, LeaseTime lease_now, Effects& effects) {
  for (const CircuitId& circuit : event.setups_running) {
    const auto found = jobs_.find(circuit);
    const bool adopt =
        found != jobs_.end() &&
        (found->second.state == Job::State::waiting ||
         (found->second.state == Job::State::running && found->second.worker == event.worker));
    if (!adopt) {
      effects.push_back(SendCancelSetup{event.worker, circuit});
      continue;
    }
    found->second.state = Job::State::running;
    found->second.worker = event.worker;
    found->second.lease_until = lease_now + options_.lease;
  }
  for (auto& [circuit, job] : jobs_) {
    if (job.state == Job::State::running && job.worker == event.worker &&
        !contains(event.setups_running, circuit)) {
      job.state = Job::State::waiting;
    }
  }
}

void Setups::on_heartbeat(const Heartbeat& event, LeaseTime lease_now, Effects& effects) {
  for (const CircuitId& circuit : event.setups) {
    const auto found = jobs_.find(circuit);
    if (found != jobs_.end() && found->second.state == Job::State::running &&
        found->second.worker == event.worker) {
      found->second.lease_until = lease_now + options_.lease;
    } else {
      effects.push_back(SendCancelSetup{event.worker, circuit});
    }
  }
}

void Setups::on_lost(const WorkerId& worker) {
  for (auto& [circuit, job] : jobs_) {
    if (job.state == Job::State::running && job.worker == worker) job.state = Job::State::waiting;
  }
}

// Of any worker: a key that is made is used, whoever was asked for it.
void Setups::on_succeeded(const SetupSucceeded& event, Effects& effects) {
  const auto found = jobs_.find(event.circuit);
  if (found == jobs_.end()) return;
  Job& job = found->second;
  if (job.state == Job::State::checking || job.state == Job::State::failing) return;
  if (job.state == Job::State::running && job.worker != event.worker) {
    effects.push_back(SendCancelSetup{job.worker, event.circuit});
  }
  job.state = Job::State::checking;
  job.worker = event.worker;
  effects.push_back(
      PublishSetup{event.circuit, event.worker, event.r1cs_digest, event.zkey_digest});
}

void Setups::on_failed(const SetupFailed& event, Effects& effects) {
  const auto found = jobs_.find(event.circuit);
  if (found == jobs_.end() || found->second.state != Job::State::running ||
      found->second.worker != event.worker) {
    return;
  }
  fail_once(event.circuit, found->second, event.worker, event.message, effects);
}

bool Setups::on_checked(const SetupChecked& event, Effects& effects) {
  const auto found = jobs_.find(event.circuit);
  if (found == jobs_.end()) return event.problem.empty();
  if (event.problem.empty()) {
    jobs_.erase(found);
    return true;
  }
  fail_once(event.circuit, found->second, event.worker, event.problem, effects);
  return false;
}

void Setups::fail_once(const CircuitId& circuit, Job& job, const WorkerId& worker,
                       const std::string& message, Effects& effects) {
  job.failed_on.insert(worker);
  job.failures += 1;
  job.state = Job::State::waiting;
  if (job.failures < options_.most_failures) return;
  job.state = Job::State::failing;
  effects.push_back(FailCircuit{
      circuit,
      task::Failure{task::FailureCode::internal,
                    fmt::format("no key for {} could be made, in {} attempts; the last: {}",
                                circuit.value, job.failures, message)}});
}

}  // namespace zkp::network::scheduler
