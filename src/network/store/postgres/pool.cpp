#include "network/store/postgres/pool.h"

namespace zkp::network::store::postgres {

base::Result<Pool::Lease> Pool::take() {
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, options_.call_timeout, [this] { return leased_ < kMost; })) {
      return base::Error{base::ErrorCode::unavailable, "database: too many calls wait"};
    }
    ++leased_;
    while (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->alive()) return Lease{std::move(connection), true};
    }
  }
  auto opened = Connection::open(options_);
  if (opened) return Lease{*std::move(opened), false};
  give_back({});
  return std::move(opened).error();
}

void Pool::give_back(Lease lease) {
  const bool keep = lease.connection != nullptr && lease.connection->alive();
  {
    const std::lock_guard lock(mutex_);
    --leased_;
    if (keep) idle_.push_back(std::move(lease.connection));
  }
  changed_.notify_one();
}

// One was dead: the others are likely to be so too.
void Pool::forget_idle() {
  std::vector<std::unique_ptr<Connection>> dead;
  const std::lock_guard lock(mutex_);
  dead.swap(idle_);
}

}  // namespace zkp::network::store::postgres
