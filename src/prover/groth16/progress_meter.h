#pragma once

#include <mutex>

#include "prover/groth16/setup.h"

namespace zkp::prover::groth16 {

// Adds up what several threads have done, and tells the listener, one call at a time.
class ProgressMeter {
 public:
  // `total` is the amount of work, in any unit; more than 0.
  ProgressMeter(const Progress& progress, double total) : progress_(progress), total_(total) {}

  void add(double work, const char* stage) {
    if (!progress_) return;
    const std::scoped_lock lock(mutex_);
    done_ += work;
    progress_(done_ < total_ ? done_ / total_ : 1.0, stage);
  }

 private:
  const Progress& progress_;
  const double total_;
  std::mutex mutex_;
  double done_ = 0;
};

}  // namespace zkp::prover::groth16
