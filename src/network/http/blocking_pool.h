#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

#include "network/http/message.h"

namespace zkp::network::http {

// Threads for calls that block (the store, the prover), so that they do not hold up the threads
// that serve connections. Its queue is as long as there are requests in flight, which the server
// bounds.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads);
  ~BlockingPool();

  // Runs `function` on a thread of the pool and resumes the caller on its own executor.
  // REQUIRES: it does not throw.
  template <class Function>
  Task<std::invoke_result_t<Function>> run(Function function) {
    std::optional<std::invoke_result_t<Function>> result;
    co_await run_work([&] { result.emplace(function()); });
    co_return *std::move(result);
  }

  // Waits for what was handed over. Nothing may be handed over afterwards.
  void join();

 private:
  Task<void> run_work(std::function<void()> work);

  struct Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace zkp::network::http
