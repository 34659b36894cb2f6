#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "network/store/conformance_fixture.h"

// Many callers at once, and hints.
namespace zkp::network::store {

using task::Status;

// Collects hints; waits for one.
class HintLog {
 public:
  void add(const Hint& hint) {
    {
      const std::lock_guard lock(mutex_);
      hints_.push_back(hint);
    }
    changed_.notify_all();
  }
  // True once there is a hint of this kind about this task in this state.
  bool wait_for(Hint::Kind kind, const TaskId& id, Status status) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      return std::ranges::any_of(hints_, [&](const Hint& hint) {
        return hint.kind == kind && hint.id == id && hint.status == status;
      });
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Hint> hints_;
};

TEST_P(StoreConformance, HintsFollowCommits) {
  HintLog log;
  const auto subscription = store_->subscribe([&](const Hint& hint) { log.add(hint); });
  const TaskId id = running_task();
  EXPECT_TRUE(log.wait_for(Hint::Kind::submitted, id, Status::pending));
  EXPECT_TRUE(log.wait_for(Hint::Kind::circuit_changed, TaskId(), Status::pending));
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, id, Status::assigned));
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, id, Status::running));
  release(id, 1, {.not_before = now_});
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, id, Status::pending));
  complete(id, 1);
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, id, Status::completed));
  const TaskId failed = submit(), cancelled = submit();
  fail(failed, 0);
  cancel(cancelled);
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, failed, Status::failed));
  EXPECT_TRUE(log.wait_for(Hint::Kind::task_changed, cancelled, Status::cancelled));
}

TEST_P(StoreConformance, AHintNeverComesBeforeItsCommit) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<TaskId> hinted;
  const auto subscription = store_->subscribe([&](const Hint& hint) {
    if (hint.kind != Hint::Kind::submitted) return;
    const std::lock_guard lock(mutex);
    hinted.push_back(hint.id);
    changed.notify_all();
  });
  std::jthread submitter([&] {
    for (int i = 0; i < 50; ++i) submit();
  });
  std::size_t seen = 0;
  std::unique_lock lock(mutex);
  while (seen < 50) {
    ASSERT_TRUE(
        changed.wait_for(lock, std::chrono::seconds(10), [&] { return hinted.size() > seen; }));
    const TaskId id = hinted[seen++];
    lock.unlock();
    EXPECT_TRUE(store_->find(id).ok());
    lock.lock();
  }
}

TEST_P(StoreConformance, NoHintComesAfterTheSubscription) {
  std::atomic<bool> over = false;
  std::atomic<int> late = 0;
  auto subscription = store_->subscribe([&](const Hint&) {
    if (over) ++late;
  });
  HintLog other;
  const auto other_subscription = store_->subscribe([&](const Hint& hint) { other.add(hint); });
  std::jthread submitter([&] {
    for (int i = 0; i < 20; ++i) submit();
  });
  subscription.reset();
  over = true;
  submitter.join();
  const TaskId last = submit();
  EXPECT_TRUE(other.wait_for(Hint::Kind::submitted, last, Status::pending));
  EXPECT_EQ(late, 0);
}

TEST_P(StoreConformance, TheEndOfASubscriptionWaitsForARunningCall) {
  std::atomic<bool> entered = false, ended = false, ended_during_call = false;
  auto subscription = store_->subscribe([&](const Hint&) {
    entered = true;
    for (int i = 0; i < 10'000 && !ended; ++i) std::this_thread::yield();
    if (ended) ended_during_call = true;
  });
  HintLog other;  // called after the first one
  const auto other_subscription = store_->subscribe([&](const Hint& hint) { other.add(hint); });
  const TaskId id = submit();
  while (!entered) std::this_thread::yield();
  subscription.reset();
  ended = true;
  EXPECT_TRUE(other.wait_for(Hint::Kind::submitted, id, Status::pending));
  EXPECT_FALSE(ended_during_call);
}

TEST_P(StoreConformance, ASubscriptionMayOutliveTheStore) {
  const auto subscription = store_->subscribe([](const Hint&) {});
  submit();
  store_.reset();
}

TEST_P(StoreConformance, OfCancelAndCompleteExactlyOneWins) {
  publish();
  int cancelled = 0, completed = 0;
  for (int round = 0; round < 40; ++round) {
    const TaskId id = submit();
    ASSERT_EQ(claim().size(), 1U);
    std::atomic<int> ready = 0;
    const auto meet = [&ready] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
    };
    bool cancel_won = false, complete_won = false;
    {
      const std::jthread one([&] {
        meet();
        cancel_won = store_->cancel(id, now_).ok();
      });
      const std::jthread other([&] {
        meet();
        complete_won = complete(id, 1) == Outcome::applied;
      });
    }
    ASSERT_NE(cancel_won, complete_won);
    ASSERT_EQ(find(id).status, cancel_won ? Status::cancelled : Status::completed);
    (cancel_won ? cancelled : completed) += 1;
  }
  EXPECT_EQ(cancelled + completed, 40);
}

TEST_P(StoreConformance, ManyCallersClaimEachTaskOnce) {
  constexpr std::size_t kTasks = 200;
  publish();
  for (std::size_t i = 0; i < kTasks; ++i) submit();
  std::vector<std::vector<TaskId>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([this, &mine] {
        for (auto some = claim(7); !some.empty(); some = claim(7)) {
          mine.insert(mine.end(), some.begin(), some.end());
        }
      });
    }
  }
  std::vector<TaskId> all;
  for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::ranges::sort(all);
  EXPECT_EQ(all.size(), kTasks);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_P(StoreConformance, OneKeyMakesOneTaskWhoeverIsFirst) {
  std::vector<Submission> submissions;
  for (int i = 0; i < 8; ++i) {
    submissions.push_back(submission());
    submissions.back().idempotency_key = "key";
  }
  std::atomic<int> created = 0;
  {
    std::vector<std::jthread> threads;
    for (const Submission& mine : submissions) {
      threads.emplace_back([this, &mine, &created] {
        if (ok(store_->submit(mine, kNoLimit)).created) ++created;
      });
    }
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(ok(store_->counts()).pending, 1U);
}

TEST_P(StoreConformance, TheQueueNeverGrowsOverItsLimit) {
  std::vector<Submission> submissions;
  for (int i = 0; i < 32; ++i) submissions.push_back(submission());
  std::atomic<std::size_t> next = 0, accepted = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (std::size_t mine = next++; mine < submissions.size(); mine = next++) {
          if (store_->submit(submissions[mine], 10).ok()) ++accepted;
        }
      });
    }
  }
  EXPECT_EQ(accepted, 10U);
  EXPECT_EQ(ok(store_->counts()).pending, 10U);
}

}  // namespace zkp::network::store
