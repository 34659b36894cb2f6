#include "services/gateway/task_watch.h"

#include <boost/asio.hpp>

namespace zkp::services::gateway {

namespace asio = boost::asio;
using network::task::TaskId;

// Belongs to one strand, on which alone it is touched.
struct TaskWatch::Signal {
  explicit Signal(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool raised = false;
};

TaskWatch::TaskWatch(network::store::Store& store)
    : subscription_(store.subscribe([this](const auto& hint) { on_hint(hint); })) {}

TaskWatch::~TaskWatch() = default;

void TaskWatch::on_hint(const network::store::Hint& hint) {
  if (hint.kind != network::store::Hint::Kind::task_changed) return;
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = signals_.equal_range(hint.id);
  for (auto it = begin; it != end; ++it) raise(it->second);
}

void TaskWatch::raise(const std::shared_ptr<Signal>& signal) {
  asio::post(signal->timer.get_executor(), [signal] {
    signal->raised = true;
    signal->timer.cancel();
  });
}

void TaskWatch::close() {
  closed_ = true;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, signal] : signals_) raise(signal);
}

std::unique_ptr<TaskWatch::Watcher> TaskWatch::watch(const TaskId& id,
                                                     const asio::any_io_executor& executor) {
  auto signal = std::make_shared<Signal>(executor);
  {
    const std::lock_guard lock(mutex_);
    signals_.emplace(id, signal);
  }
  return std::make_unique<Watcher>(*this, id, std::move(signal));
}

TaskWatch::Watcher::Watcher(TaskWatch& watch, const TaskId& id, std::shared_ptr<Signal> signal)
    : watch_(watch), id_(id), signal_(std::move(signal)) {}

TaskWatch::Watcher::~Watcher() {
  const std::lock_guard lock(watch_.mutex_);
  const auto [begin, end] = watch_.signals_.equal_range(id_);
  for (auto it = begin; it != end; ++it) {
    if (it->second != signal_) continue;
    watch_.signals_.erase(it);
    return;
  }
}

asio::awaitable<void> TaskWatch::Watcher::wait(std::chrono::milliseconds at_most) {
  if (!signal_->raised && !watch_.closed()) {
    signal_->timer.expires_after(at_most);
    co_await signal_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  signal_->raised = false;
}

}  // namespace zkp::services::gateway
