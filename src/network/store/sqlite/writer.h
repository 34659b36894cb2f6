#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "network/store/sqlite/connection.h"
#include "network/store/store.h"

namespace zkp::network::store::sqlite {

// Hints that a transaction's operations leave for after the commit.
using Hints = std::vector<Hint>;

// The one that writes: a thread with the writing connection, which puts all operations that wait
// into one transaction, so that one write to disk serves them all. An operation that fails is
// undone alone; if the commit fails, all of its operations fail.
class Writer {
 public:
  // Called by the writer's thread after each commit.
  using OnCommit = std::function<void(const Hints&)>;
  // The log keeps old pages, and with them inputs that are erased: it is emptied when there has
  // been nothing to write for this long.
  static constexpr std::chrono::milliseconds kIdle{500};

  Writer(std::unique_ptr<Connection> connection, OnCommit on_commit,
         std::chrono::milliseconds idle = kIdle);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs `operation` (Connection&, Hints&) -> Result<T> in the next transaction and waits for the
  // commit. resource_exhausted if too many wait. Any thread but the writer's.
  template <class Operation>
  auto write(Operation operation) -> std::invoke_result_t<Operation, Connection&, Hints&> {
    std::optional<std::invoke_result_t<Operation, Connection&, Hints&>> result;
    const base::Status committed = run([&](Connection& connection, Hints& hints) -> base::Status {
      result.emplace(operation(connection, hints));
      if (!result->ok()) return result->error();
      return {};
    });
    if (!committed) return committed.error();
    return *std::move(result);
  }

  [[nodiscard]] std::uint64_t commits() const { return commits_; }
  // Operations that no transaction has taken up yet.
  [[nodiscard]] std::size_t waiting();

 private:
  using Operation = std::function<base::Status(Connection&, Hints&)>;
  struct Job {
    Operation operation;
    std::promise<base::Status> done;
    base::Status status;  // of the operation itself
  };

  base::Status run(Operation operation);
  void serve(const std::stop_token& stop);
  std::deque<Job> next_batch(const std::stop_token& stop);
  void commit(std::deque<Job>& batch);
  base::Status run_batch(std::deque<Job>& batch, Hints& hints);
  base::Status run_one(Job& job, Hints& hints);

  std::unique_ptr<Connection> connection_;
  OnCommit on_commit_;
  const std::chrono::milliseconds idle_;
  bool log_is_empty_ = true;  // the writer's thread only
  std::atomic<std::uint64_t> commits_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> queue_;
  std::jthread thread_;  // last: uses everything above
};

}  // namespace zkp::network::store::sqlite
