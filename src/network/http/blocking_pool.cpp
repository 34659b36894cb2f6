#include "network/http/blocking_pool.h"

#include <boost/asio.hpp>

namespace zkp::network::http {

struct BlockingPool::Threads {
  explicit Threads(std::size_t count) : pool(count) {}
  boost::asio::thread_pool pool;
};

BlockingPool::BlockingPool(std::size_t threads) : threads_(std::make_unique<Threads>(threads)) {}

BlockingPool::~BlockingPool() { join(); }

void BlockingPool::join() { threads_->pool.join(); }

Task<void> BlockingPool::run_work(std::function<void()> work) {
  const auto on_pool = [](const std::function<void()>& call) -> Task<void> {
    call();
    co_return;
  };
  co_await boost::asio::co_spawn(threads_->pool, on_pool(work), boost::asio::use_awaitable);
}

}  // namespace zkp::network::http
