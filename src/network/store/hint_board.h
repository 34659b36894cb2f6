#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "network/store/store.h"

namespace zkp::network::store {

// Brings a driver's hints to its listeners, from a thread of its own and in the order of posting.
// Holds a bounded number of them; the oldest are lost when listeners cannot keep up. Any thread.
class HintBoard {
 public:
  HintBoard();
  HintBoard(const HintBoard&) = delete;
  HintBoard& operator=(const HintBoard&) = delete;

  // Never waits for a listener.
  void post(const std::vector<Hint>& hints);
  // May be destroyed after the board.
  [[nodiscard]] std::unique_ptr<Store::Subscription> subscribe(Store::Listener listener);

 private:
  class Entry;

  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Hint> hints_;
  std::vector<std::weak_ptr<Entry>> entries_;
  std::jthread thread_;  // last: uses everything above
};

}  // namespace zkp::network::store
