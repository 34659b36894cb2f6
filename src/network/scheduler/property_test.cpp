#include <algorithm>
#include <rapidcheck.h>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "network/scheduler/test_world.h"

// Random events, answers in random order, and what must hold whatever happens.
namespace zkp::network::scheduler {
namespace {

using task::FailureCode;
using task::Status;

// A world in which a few workers do anything at any time.
class Storm {
 public:
  explicit Storm(std::uint64_t seed) : world_({.most_workers = 3, .seed = seed}), random_(seed) {
    world_.take_over();
  }

  void step() {
    switch (draw(14)) {
      case 0:
        if (world_.rows.size() < 12) world_.submit(row());
        break;
      case 1:
        if (!world_.rows.empty()) world_.cancel(any_task());
        break;
      case 2:
        join(any_worker());
        break;
      case 3:
        leave(any_worker());
        break;
      case 4:
        if (const WorkerId worker = any_worker(); connected_.contains(worker)) {
          feed(WorkerDraining{worker});
        }
        break;
      case 5:
        world_.store_away = draw(4) == 0;
        break;
      case 6:
      case 7:
        world_.now += base::Duration(draw(3) == 0 ? draw(9000) : draw(400));
        feed(Tick{});
        break;
      case 8:
      case 9:
        report(any_worker());
        break;
      default:
        if (!world_.calls.empty()) answer(draw(world_.calls.size()));
    }
  }

  // No worker, a store that answers, and time: nothing may stay behind.
  void calm_down() {
    world_.store_away = false;
    for (const WorkerId& worker : std::set(connected_)) leave(worker);
    world_.beating.clear();
    world_.settle();
    world_.pass(std::chrono::seconds(40));
  }

  void check() {
    std::map<WorkerId, std::size_t> used;
    std::set<AttemptRef> seen;
    for (const auto& [worker, refs] : world_.beating) {
      for (const AttemptRef& ref : refs) RC_ASSERT(seen.insert(ref).second);
    }
    for (const WorkerView& worker : world_.scheduler().workers()) {
      RC_ASSERT(worker.used <= worker.slots);
    }
    RC_ASSERT(world_.scheduler().workers().size() <= 3U);
    RC_ASSERT(world_.scheduler().next_tick() <= world_.now + std::chrono::seconds(1));
    count_outstanding();
  }

  void check_calm() {
    for (const auto& [task, row] : world_.rows) {
      RC_ASSERT(row.task.status != Status::assigned);
      RC_ASSERT(row.task.status != Status::running);
    }
    RC_ASSERT(world_.scheduler().in_flight_count() == 0U);
    RC_ASSERT(world_.calls.empty());
  }

  // One good worker finishes everything that is left.
  void finish() {
    const WorkerId worker{"w9"};
    feed(TestWorld::hello(worker.value, kSlots, 100'000));
    for (int round = 0; round < 60; ++round) {
      world_.pass(std::chrono::seconds(1));
      for (const auto& [circuit, problem] : std::map(world_.wanted)) {
        world_.tell(SetupSucceeded{worker, circuit, "r1cs", "zkey"});
      }
      for (const AttemptRef& ref : std::exchange(world_.beating[worker], {})) {
        world_.tell(AttemptSucceeded{worker, ref, {.proof_json = "good"}});
      }
    }
  }
  void check_finished() {
    for (const auto& [task, row] : world_.rows) RC_ASSERT(task::is_terminal(row.task.status));
  }

  const std::vector<std::string>& trace() const { return world_.trace; }

 private:
  std::size_t draw(std::size_t bound) {
    return static_cast<std::size_t>(random_.next_u64() % bound);
  }
  WorkerId any_worker() { return {fmt::format("w{}", draw(4) + 1)}; }
  int any_task() { return static_cast<int>(draw(world_.rows.size())) + 1; }
  TestWorld::Row row() {
    TestWorld::Row row;
    row.key = fmt::format("key{}", draw(3));
    row.key_memory_bytes = draw(3) * 4'000;
    if (draw(3) == 0) row.task.deadline_at = world_.now + std::chrono::seconds(draw(20));
    if (draw(4) == 0) {
      row.task.circuit = {fmt::format("c{}/1", draw(2))};
      world_.wanted[row.task.circuit] = draw(2) == 0 ? "" : "bad key";
    }
    return row;
  }

  void feed(Event event) {
    world_.feed(std::move(event));
    note_disconnects();
  }
  void answer(std::size_t place) {
    world_.answer(place);
    note_disconnects();
  }
  void note_disconnects() {
    for (; read_ < world_.trace.size(); ++read_) {
      const std::string& line = world_.trace[read_];
      if (line.starts_with("disconnect ")) connected_.erase({line.substr(11, 2)});
    }
  }

  // A worker comes, with some of what it had and sometimes with what it never had.
  void join(const WorkerId& worker) {
    WorkerJoined hello = TestWorld::hello(worker.value, kSlots, 4'000 + 4'000 * draw(2));
    std::vector<AttemptRef>& mine = world_.beating[worker];
    std::erase_if(mine, [&](const AttemptRef&) { return draw(3) == 0; });
    hello.running = mine;
    hello.setups_running = {{"c1/1"}};
    if (draw(5) == 0) hello.running.push_back(TestWorld::ref(1, 1 + draw(3)));
    connected_.insert(worker);
    feed(std::move(hello));
  }
  void leave(const WorkerId& worker) {
    if (connected_.erase(worker) != 0) feed(WorkerLeft{worker});
  }

  void report(const WorkerId& worker) {
    if (!connected_.contains(worker)) return;
    std::vector<AttemptRef>& mine = world_.beating[worker];
    if (mine.empty() || draw(4) == 0) {
      Heartbeat beat{.worker = worker, .setups = {{"c0/1"}}};
      for (const AttemptRef& ref : mine) beat.progress.push_back({ref, 0.1});
      feed(std::move(beat));
      feed(SetupSucceeded{worker, {"c0/1"}, "r1cs", "zkey"});
      return;
    }
    const AttemptRef ref = mine[draw(mine.size())];
    const std::size_t what = draw(6);
    if (what < 2) {
      feed(AttemptStarted{worker, ref});
      return;
    }
    std::erase(mine, ref);
    if (what == 2) {
      constexpr std::array kCodes = {FailureCode::internal, FailureCode::out_of_memory,
                                     FailureCode::unsatisfied};
      feed(AttemptFailed{worker, ref, {kCodes[draw(kCodes.size())], "it broke"}});
    } else {
      feed(AttemptSucceeded{worker, ref, {.proof_json = draw(12) == 0 ? "wrong" : "good"}});
    }
  }

  // Claims and surveys come one at a time, and every attempt is sent once at most.
  void count_outstanding() {
    const auto count = [&](auto is) { return std::ranges::count_if(world_.calls, is); };
    RC_ASSERT(count([](const Effect& e) {
                return std::holds_alternative<Claim>(e) || std::holds_alternative<ListInFlight>(e);
              }) <= 1);
    RC_ASSERT(count([](const Effect& e) { return std::holds_alternative<Survey>(e); }) <= 1);
    for (; checked_ < world_.trace.size(); ++checked_) {
      const std::string& line = world_.trace[checked_];
      if (!line.starts_with("assign ")) continue;
      RC_ASSERT(assigned_.insert(line.substr(7, line.rfind(' ') - 7)).second);
    }
  }

  static constexpr std::size_t kSlots = 2;
  TestWorld world_;
  base::SeededRandom random_;
  std::set<WorkerId> connected_;
  std::set<std::string> assigned_;  // "t1#2"
  std::size_t read_ = 0, checked_ = 0;
};

TEST(SchedulerProperties, InvariantsHoldInAnyStorm) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Storm storm(seed);
    for (int i = 0; i < 400; ++i) {
      storm.step();
      storm.check();
    }
    storm.calm_down();
    storm.check_calm();
    storm.finish();
    storm.check_finished();
  }));
}

TEST(SchedulerProperties, TheSameEventsGiveTheSameEffects) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Storm first(seed), second(seed);
    for (int i = 0; i < 200; ++i) {
      first.step();
      second.step();
    }
    RC_ASSERT(first.trace() == second.trace());
    RC_ASSERT(!first.trace().empty());
  }));
}

}  // namespace
}  // namespace zkp::network::scheduler
