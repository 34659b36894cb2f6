#include "network/store/postgres/writer.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace zkp::network::store::postgres {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostWaiting = 4096;
constexpr std::size_t kMostInBatch = 256;  // see enter_queue in api/sql/postgres
constexpr std::size_t kMostBytesInBatch = 8 << 20;
constexpr int kMostTries = 3;
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};

}  // namespace

Writer::Writer(PostgresOptions options)
    : options_(std::move(options)), thread_([this](const std::stop_token& stop) { serve(stop); }) {}

Writer::~Writer() {
  thread_.request_stop();
  thread_.join();
}

base::Result<Rows> Writer::run(Call call) {
  std::future<base::Result<Rows>> done;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMostWaiting) {
      return Error{ErrorCode::resource_exhausted, "database: too many writes wait"};
    }
    queue_.push_back(
        {.call = std::move(call), .give_up_at = Clock::now() + options_.call_timeout, .done = {}});
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
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
    }
    if (const base::Status connected = connect(stop); !connected) {
      fail_waiting(connected.error());
      continue;
    }
    execute(next_batch());
  }
}

// After a failure it waits before it tries again, the longer the more have failed.
base::Status Writer::connect(const std::stop_token& stop) {
  if (connection_ != nullptr && connection_->alive()) return {};
  connection_.reset();
  {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, connect_at_, [] { return false; });
  }
  auto opened = Connection::open(options_);
  if (!opened) {
    pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
    connect_at_ = Clock::now() + pause_;
    return std::move(opened).error();
  }
  connection_ = *std::move(opened);
  pause_ = {};
  return {};
}

void Writer::fail_waiting(const Error& error) {
  std::deque<Job> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(queue_);
  }
  for (Job& job : waiting) job.done.set_value(error);
}

// The calls that wait, up to a bound, in the order in which they lock. They have no order of their
// own: whoever called one waits for it.
Writer::Batch Writer::next_batch() {
  Batch batch, late;
  {
    const std::lock_guard lock(mutex_);
    std::size_t size_bytes = 0;
    while (!queue_.empty() && batch.size() < kMostInBatch && size_bytes < kMostBytesInBatch) {
      const bool alone = queue_.front().call.turn == Call::Turn::alone;
      if (alone && !batch.empty()) break;
      Job job = std::move(queue_.front());
      queue_.pop_front();
      size_bytes += job.call.params.size_bytes();
      (Clock::now() < job.give_up_at ? batch : late).push_back(std::move(job));
      if (alone) break;
    }
  }
  for (Job& job : late) {
    job.done.set_value(Error{ErrorCode::unavailable, "database: not sent: it is too busy"});
  }
  std::ranges::sort(batch, {},
                    [](const Job& job) { return std::tie(job.call.turn, job.call.lock_order); });
  return batch;
}

// Each round commits, fails, or leaves out a call that was refused.
void Writer::execute(Batch batch) {
  const Clock::time_point deadline = Clock::now() + options_.call_timeout;
  while (!batch.empty()) {
    std::vector<Connection::Step> steps;
    for (const Job& job : batch) steps.push_back({job.call.statement, &job.call.params});
    Connection::Outcome outcome = connection_->transact(steps, deadline);
    if (!outcome.error) {
      ++commits_;
      for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].done.set_value(std::move(outcome.rows[i]));
      }
      return;
    }
    if (!outcome.failed_step) {
      connection_.reset();
      for (Job& job : batch) job.done.set_value(*outcome.error);
      return;
    }
    Job& refused = batch[*outcome.failed_step];
    if (outcome.may_retry && ++refused.tries < kMostTries) continue;
    refused.done.set_value(*std::move(outcome.error));
    batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(*outcome.failed_step));
  }
}

}  // namespace zkp::network::store::postgres
