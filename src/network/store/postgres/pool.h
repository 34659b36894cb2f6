#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "network/store/postgres/connection.h"

namespace zkp::network::store::postgres {

// A few connections for what may be asked twice: reading, above all. Each serves one caller at a
// time; callers wait for a free one. A connection that broke is replaced. Any thread.
class Pool {
 public:
  explicit Pool(PostgresOptions options) : options_(std::move(options)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // use(Connection&) -> Result<T>. Called again, once, if a connection that was kept turned out to
  // be dead: doing it twice must be the same as once.
  template <class Use>
  auto use(Use use) -> std::invoke_result_t<Use, Connection&> {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
      auto lease = take();
      if (!lease) return std::move(lease).error();
      const bool was_kept = lease->was_kept;
      auto result = use(*lease->connection);
      const bool lost = !result.ok() && !lease->connection->alive();
      give_back(*std::move(lease));
      const bool at_once = std::chrono::steady_clock::now() - start < options_.call_timeout / 2;
      if (!lost || !was_kept || !at_once) return result;
      forget_idle();
    }
  }

 private:
  static constexpr std::size_t kMost = 8;

  struct Lease {
    std::unique_ptr<Connection> connection;
    bool was_kept;
  };
  base::Result<Lease> take();
  void give_back(Lease lease);
  void forget_idle();

  PostgresOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t leased_ = 0;
};

}  // namespace zkp::network::store::postgres
