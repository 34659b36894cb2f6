#include "network/store/hint_board.h"

#include <utility>

namespace zkp::network::store {
namespace {

constexpr std::size_t kMostHints = 16'384;

}  // namespace

// One listener. Its subscription owns it; the mutex is held while it is called, so that the
// subscription's end waits for the call.
class HintBoard::Entry {
 public:
  explicit Entry(Store::Listener listener) : listener_(std::move(listener)) {}

  void call(const Hint& hint) {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_(hint);
  }
  void end() {
    const std::lock_guard lock(mutex_);
    listener_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Store::Listener listener_;
};

HintBoard::HintBoard() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

void HintBoard::post(const std::vector<Hint>& hints) {
  if (hints.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    hints_.insert(hints_.end(), hints.begin(), hints.end());
    while (hints_.size() > kMostHints) hints_.pop_front();
  }
  changed_.notify_one();
}

std::unique_ptr<Store::Subscription> HintBoard::subscribe(Store::Listener listener) {
  class Subscription final : public Store::Subscription {
   public:
    explicit Subscription(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
    ~Subscription() override { entry_->end(); }

   private:
    std::shared_ptr<Entry> entry_;
  };

  auto entry = std::make_shared<Entry>(std::move(listener));
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& old) { return old.expired(); });
  entries_.push_back(entry);
  return std::make_unique<Subscription>(std::move(entry));
}

void HintBoard::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !hints_.empty(); })) {
    const auto hints = std::exchange(hints_, {});
    const auto entries = entries_;
    lock.unlock();
    for (const Hint& hint : hints) {
      for (const auto& entry : entries) {
        if (const auto listener = entry.lock()) listener->call(hint);
      }
    }
    lock.lock();
  }
}

}  // namespace zkp::network::store
