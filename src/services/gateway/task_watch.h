#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "network/store/store.h"

namespace zkp::services::gateway {

// Wakes whoever waits for a task to change, by the store's hints. A hint may be lost: who waits
// reads the store again after a while. Any thread.
class TaskWatch {
  struct Signal;

 public:
  // REQUIRES: the store outlives this.
  explicit TaskWatch(network::store::Store& store);
  ~TaskWatch();

  // Notices every hint for one task from the moment it was made. Used on its executor's strand.
  // REQUIRES: the watch outlives it.
  class Watcher {
   public:
    Watcher(TaskWatch& watch, const network::task::TaskId& id, std::shared_ptr<Signal> signal);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // Until a hint comes, or has come since the last wait; at most so long.
    boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most);

   private:
    TaskWatch& watch_;
    const network::task::TaskId id_;
    const std::shared_ptr<Signal> signal_;
  };
  std::unique_ptr<Watcher> watch(const network::task::TaskId& id,
                                 const boost::asio::any_io_executor& executor);

  // Wakes everybody; nobody waits from now on. For the end of the service.
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  void on_hint(const network::store::Hint& hint);
  static void raise(const std::shared_ptr<Signal>& signal);

  std::mutex mutex_;
  std::unordered_multimap<network::task::TaskId, std::shared_ptr<Signal>> signals_;
  std::atomic<bool> closed_ = false;
  std::unique_ptr<network::store::Store::Subscription> subscription_;  // last: ends first
};

}  // namespace zkp::services::gateway
