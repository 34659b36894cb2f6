#include "network/store/postgres/lost_claims.h"

namespace zkp::network::store::postgres {
namespace {

constexpr std::chrono::minutes kRemembered{1};
constexpr std::size_t kMost = 1000;

}  // namespace

void LostClaims::add(Term term, std::uint64_t number, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (lost_.size() >= kMost) lost_.erase(lost_.begin());
  lost_.push_back({term, number, now});
}

std::vector<std::uint64_t> LostClaims::of(Term term, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(
      lost_, [&](const Lost& lost) { return lost.term < term || now - lost.since > kRemembered; });
  std::vector<std::uint64_t> numbers;
  for (const Lost& lost : lost_) {
    if (lost.term == term) numbers.push_back(lost.number);
  }
  return numbers;
}

}  // namespace zkp::network::store::postgres
