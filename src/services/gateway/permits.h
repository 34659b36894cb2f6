#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace zkp::services::gateway {

// How many may do something at once. Any thread.
class Permits {
 public:
  explicit Permits(std::ptrdiff_t count) : free_(count) {}

  // Given back when it is destroyed. REQUIRES: the permits outlive it.
  struct GiveBack {
    void operator()(Permits* permits) const { ++permits->free_; }
  };
  using Permit = std::unique_ptr<Permits, GiveBack>;
  // Null if none is free.
  Permit try_take() {
    if (free_.fetch_sub(1) > 0) return Permit(this);
    ++free_;
    return nullptr;
  }

 private:
  std::atomic<std::ptrdiff_t> free_;
};

}  // namespace zkp::services::gateway
