#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "network/scheduler/scheduler.h"

namespace zkp::network::scheduler {

// A scheduler with a model of the store, for tests. Effects on the store wait in `calls` until
// answer() carries one out and feeds the scheduler what came of it; those to workers are kept as
// lines of text, in which tasks are named t1, t2, ...
class TestWorld {
 public:
  struct Row {
    task::Task task;
    std::uint64_t key_memory_bytes = 0;
    std::string key = "key";
  };

  explicit TestWorld(const Options& options = {}) : scheduler_(options) {}

  static TaskId id(int number);
  static std::string short_text(std::string text);
  static AttemptRef ref(int number, std::uint64_t attempt) {
    return {id(number), Attempt{attempt}};
  }
  static WorkerJoined hello(const std::string& worker, std::size_t slots = 1,
                            std::uint64_t memory_bytes = 8'000) {
    return {.worker = {worker}, .slots = slots, .memory_bytes = memory_bytes};
  }

  // Feeds one event; nothing is carried out yet.
  void feed(Event event);
  // The same, and then everything that the store is asked, until it is quiet.
  void tell(Event event);
  void take_over();
  // Carries out the store's call at this place of `calls`.
  void answer(std::size_t place);
  void settle();
  // Lets time pass, tick by tick, settling after each; workers in `beating` send heartbeats that
  // list what they were given.
  void pass(base::Duration duration);

  // A task for the store, and the hint.
  int submit(Row row);
  int submit() { return submit(Row{}); }
  void cancel(int number);

  // What was sent to workers since the last call, joined by "; ", without welcomes.
  std::string sent();

  Scheduler& scheduler() { return scheduler_; }
  base::Time now = base::from_unix_ms(1'000'000);
  std::map<TaskId, Row> rows;
  std::map<CircuitId, std::string> wanted;  // circuit -> what a check of its files says
  std::deque<Effect> calls;
  std::vector<std::string> trace;  // every effect
  std::map<WorkerId, std::vector<AttemptRef>> beating;
  bool store_away = false;  // claims and surveys fail, after doing their work

 private:
  Scheduler scheduler_;
  std::vector<std::string> sent_;
  int next_number_ = 1;
};

}  // namespace zkp::network::scheduler
