#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "network/store/store.h"

namespace zkp::network::store::postgres {

// Claims that may have been committed although nobody was told, since the connection broke: their
// tasks wait for a leader that does not know of them. Each later claim of the same term asks for
// them again, for a while: a server may still be at work on what a client has given up. Any thread.
class LostClaims {
 public:
  using Clock = std::chrono::steady_clock;

  void add(Term term, std::uint64_t number, Clock::time_point now);
  [[nodiscard]] std::vector<std::uint64_t> of(Term term, Clock::time_point now);

 private:
  struct Lost {
    Term term;
    std::uint64_t number;
    Clock::time_point since;
  };
  std::mutex mutex_;
  std::vector<Lost> lost_;
};

}  // namespace zkp::network::store::postgres
