#include "network/store/sqlite/writer.h"

#include <algorithm>
#include <iterator>

namespace zkp::network::store::sqlite {
namespace {

constexpr std::size_t kMostWaiting = 4096;
constexpr std::size_t kMostInBatch = 512;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, OnCommit on_commit,
               std::chrono::milliseconds idle)
    : connection_(std::move(connection)),
      on_commit_(std::move(on_commit)),
      idle_(idle),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

base::Status Writer::run(Operation operation) {
  std::future<base::Status> done;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMostWaiting) {
      return base::Error{base::ErrorCode::resource_exhausted, "database: too many writes wait"};
    }
    queue_.push_back({std::move(operation), {}, {}});
    done = queue_.back().done.get_future();
  }
  changed_.notify_one();
  return done.get();
}

std::size_t Writer::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Writer::serve(const std::stop_token& stop) {
  while (true) {
    std::deque<Job> batch = next_batch(stop);
    if (batch.empty()) return;
    commit(batch);
  }
}

// The jobs that wait, up to a bound; empty when there is none and the writer shall stop.
std::deque<Writer::Job> Writer::next_batch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return !queue_.empty(); };
  while (queue_.empty() && !stop.stop_requested()) {
    if (log_is_empty_) {
      changed_.wait(lock, stop, has_work);
    } else if (!changed_.wait_for(lock, stop, idle_, has_work) && !stop.stop_requested()) {
      lock.unlock();
      log_is_empty_ = connection_->empty_log().ok();
      lock.lock();
    }
  }
  const auto end =
      queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMostInBatch));
  std::deque<Job> batch(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Writer::commit(std::deque<Job>& batch) {
  Hints hints;
  const base::Status committed = run_batch(batch, hints);
  if (committed) {
    ++commits_;
    log_is_empty_ = false;
    on_commit_(hints);
  } else if (connection_->in_transaction()) {
    (void)connection_->execute("ROLLBACK");
  }
  for (Job& job : batch) job.done.set_value(committed ? job.status : committed);
}

base::Status Writer::run_batch(std::deque<Job>& batch, Hints& hints) {
  ZKP_CHECK(Query(*connection_, "BEGIN IMMEDIATE").run());
  for (Job& job : batch) ZKP_CHECK(run_one(job, hints));
  return Query(*connection_, "COMMIT").run();
}

// An error means that the whole transaction is lost.
base::Status Writer::run_one(Job& job, Hints& hints) {
  const auto kept = static_cast<std::ptrdiff_t>(hints.size());
  ZKP_CHECK(Query(*connection_, "SAVEPOINT operation").run());
  job.status = job.operation(*connection_, hints);
  if (!job.status) {
    hints.erase(hints.begin() + kept, hints.end());
    if (!connection_->in_transaction()) return job.status;
    ZKP_CHECK(Query(*connection_, "ROLLBACK TO operation").run());
  }
  return Query(*connection_, "RELEASE operation").run();
}

}  // namespace zkp::network::store::sqlite
