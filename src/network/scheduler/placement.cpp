#include <algorithm>

#include <fmt/format.h>

#include "network/scheduler/scheduler.h"

// Who gets what: claims, and workers for what was claimed.
namespace zkp::network::scheduler {
namespace {

constexpr std::size_t kMostClaimed = 64;  // in one call of the store
constexpr std::size_t kMostWaiting = 64;
constexpr base::Duration kTryAgain = std::chrono::seconds(2);
constexpr base::Duration kSurveyEvery = std::chrono::milliseconds(100);

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

task::Failure no_worker_holds(const Need& need, std::uint64_t most) {
  const std::string wanted = need.memory_floor_bytes >= need.memory_bytes
                                 ? fmt::format("more than {:.0f} MiB, which was not enough",
                                               mebibytes(need.memory_floor_bytes))
                                 : fmt::format("{:.0f} MiB", mebibytes(need.memory_bytes));
  return {task::FailureCode::out_of_memory,
          fmt::format("the proof needs a worker with {}; the largest has {:.0f} MiB", wanted,
                      mebibytes(most))};
}

}  // namespace

void Scheduler::pump() {
  place_waiting();
  setups_.place(workers_, lease_now_, effects_);
  claim();
  survey();
}

void Scheduler::place_waiting() {
  for (const TaskId& task : std::exchange(waiting_, {})) place(flights_.at(task));
}

// REQUIRES: the flight waits and is not in waiting_.
void Scheduler::place(Flight& flight) {
  const Need need{.memory_bytes = flight.key_memory_bytes,
                  .memory_floor_bytes = flight.memory_floor_bytes,
                  .key_digest = flight.key_digest,
                  .not_again = flight.last_worker};
  if (const WorkerId* worker = workers_.choose(need, lease_now_)) {
    flight.phase = Phase::recording;
    flight.worker = *worker;
    workers_.find(*worker)->used += 1;
    emit(RecordAssignment{flight.ref, *worker, flight.circuit, std::move(flight.sealed_inputs)});
  } else if (workers_.can_hold(need, lease_now_) && waiting_.size() < kMostWaiting) {
    waiting_.push_back(flight.ref.task);
  } else if (now_ >= grace_until_ && !workers_.could_hold(need)) {
    fail(flight, no_worker_holds(need, workers_.most_memory_bytes()));
  } else {
    release(flight, now_ + kTryAgain);
  }
}

void Scheduler::claim() {
  if (claiming_ || now_ < claim_not_before_) return;
  if (claim_unknown_) {
    claiming_ = true;
    emit(ListInFlight{});
    return;
  }
  if (!backlog_) return;
  claim_limit_ = std::min(workers_.free_slots(lease_now_), kMostClaimed);
  if (claim_limit_ == 0) return;
  claiming_ = true;
  backlog_ = false;
  emit(Claim{claim_limit_});
}

void Scheduler::survey() {
  if (!survey_due_ || surveying_ || now_ < survey_not_before_) return;
  survey_due_ = false;
  surveying_ = true;
  survey_not_before_ = now_ + kSurveyEvery;
  emit(Survey{.count_pending = std::exchange(count_due_, false)});
}

}  // namespace zkp::network::scheduler
