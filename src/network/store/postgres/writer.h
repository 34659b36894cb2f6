#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "network/store/postgres/connection.h"

namespace zkp::network::store::postgres {

// One statement that changes the tables.
struct Call {
  // Locks are taken in one order everywhere, so that transactions of several processes do not end
  // in deadlocks: the rows of single tasks by id, then what submissions share, by circuit, and at
  // last those that leave out what is locked. Calls that keep all others out go alone.
  enum class Turn { alone, one_task, submission, many_tasks };

  const Statement* statement;
  Params params;
  Turn turn = Turn::many_tasks;
  std::string lock_order;  // within its turn
};

// The one that writes: a thread with a connection of its own, which puts all calls that wait into
// one transaction, sent in one round trip, so that one write to the server's disk serves them all.
// A call that is refused is left out, and the others are sent again. Connects again by itself.
class Writer {
 public:
  explicit Writer(PostgresOptions options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs the call in the next transaction and waits for the commit. Any thread.
  // unavailable: there is no connection, or it broke, or time ran out. What became of the call is
  // then unknown.
  base::Result<Rows> run(Call call);

  [[nodiscard]] std::uint64_t commits() const { return commits_; }
  // Calls that no transaction has taken up yet.
  [[nodiscard]] std::size_t waiting();

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    Call call;
    Clock::time_point give_up_at;  // if it is not sent by then
    std::promise<base::Result<Rows>> done;
    int tries = 0;
  };
  using Batch = std::vector<Job>;

  void serve(const std::stop_token& stop);
  base::Status connect(const std::stop_token& stop);
  void fail_waiting(const base::Error& error);
  Batch next_batch();
  void execute(Batch batch);

  const PostgresOptions options_;
  std::unique_ptr<Connection> connection_;  // the writer's thread only, like the next two
  std::chrono::milliseconds pause_{0};
  Clock::time_point connect_at_{};
  std::atomic<std::uint64_t> commits_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> queue_;
  std::jthread thread_;  // last: uses everything above
};

}  // namespace zkp::network::store::postgres
