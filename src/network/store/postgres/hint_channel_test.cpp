#include "network/store/postgres/hint_channel.h"

#include <condition_variable>

#include "network/store/postgres/test_fixture.h"

namespace zkp::network::store::postgres {
namespace {

using task::Status;
using testing::IsEmpty;

// Collects hints, and waits for them.
class HintLog {
 public:
  explicit HintLog(Store& store)
      : subscription_(store.subscribe([this](const Hint& hint) {
          {
            const std::lock_guard lock(mutex_);
            hints_.push_back(hint);
          }
          changed_.notify_all();
        })) {}

  bool wait_for(const TaskId& id, Status status, std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] {
      return std::ranges::any_of(
          hints_, [&](const Hint& hint) { return hint.id == id && hint.status == status; });
    });
  }
  bool wait_for(const TaskId& id, Status status) {
    return wait_for(id, status, std::chrono::seconds(20));
  }
  std::ptrdiff_t count(const TaskId& id) {
    const std::lock_guard lock(mutex_);
    return std::ranges::count(hints_, id, &Hint::id);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Hint> hints_;
  std::unique_ptr<Store::Subscription> subscription_;
};

class HintChannelTest : public PostgresTest {
 protected:
  // Until the store's hints reach the log: its channel may still be connecting.
  bool reaches(Store& store, HintLog& log) {
    return eventually([&] {
      const Submission probe = submission();
      ok(store.submit(probe, kNoLimit));
      return log.wait_for(probe.id, Status::pending, std::chrono::milliseconds(200));
    });
  }
};

bool same(const Hint& a, const Hint& b) {
  return a.kind == b.kind && a.id == b.id && a.status == b.status;
}

TEST_F(HintChannelTest, HintsSurviveTheirWay) {
  const TaskId id = submission().id;
  std::vector<Hint> hints = {{Hint::Kind::submitted, id, Status::pending},
                             {Hint::Kind::circuit_changed, {}, {}}};
  for (const Status status : {Status::pending, Status::assigned, Status::running, Status::completed,
                              Status::failed, Status::cancelled}) {
    hints.push_back({Hint::Kind::task_changed, id, status});
  }
  EXPECT_TRUE(std::ranges::equal(decode_hints(encode_hints(hints)), hints, same));
  const std::vector<Hint> most(kMostInPayload, hints.front());
  EXPECT_EQ(decode_hints(encode_hints(most)).size(), kMostInPayload);
}

TEST_F(HintChannelTest, WhatIsNoHintIsLeftOut) {
  const std::string id = submission().id.to_string();
  EXPECT_THAT(decode_hints(""), IsEmpty());
  EXPECT_THAT(decode_hints("?"), IsEmpty());
  EXPECT_THAT(decode_hints("p" + id.substr(1)), IsEmpty());
  EXPECT_EQ(decode_hints("?" + id + "p" + id).size(), 1U) << "a letter of a newer program's";
}

TEST_F(HintChannelTest, StoresHearOfEachOther) {
  const auto gateway = open(), leader = open();
  HintLog at_gateway(*gateway), at_leader(*leader);
  ASSERT_TRUE(reaches(*gateway, at_leader));
  ASSERT_TRUE(reaches(*leader, at_gateway));
  ok(leader->take_leadership({7}));
  const TaskId id = submission().id;
  const Submission wanted = submission();
  ok(gateway->submit(wanted, kNoLimit));
  EXPECT_TRUE(at_leader.wait_for(wanted.id, Status::pending));
  ok(gateway->cancel(wanted.id, now_));
  EXPECT_TRUE(at_leader.wait_for(wanted.id, Status::cancelled));
  const TaskId done = assigned_task(*leader, {7});
  ok(leader->complete({7}, done, {1}, {"{}", "[]"}, now_));
  EXPECT_TRUE(at_gateway.wait_for(done, Status::completed));
  EXPECT_EQ(at_gateway.count(id), 0);
}

TEST_F(HintChannelTest, AStoreHearsOfItselfOnce) {
  const auto store = open(), other = open();
  HintLog own(*store), others(*other);
  ASSERT_TRUE(reaches(*store, others));
  const Submission first = submission(), last = submission();
  ok(store->submit(first, kNoLimit));
  EXPECT_TRUE(others.wait_for(first.id, Status::pending)) << "it has been all the way";
  ok(other->submit(last, kNoLimit));
  EXPECT_TRUE(own.wait_for(last.id, Status::pending));
  EXPECT_EQ(own.count(first.id), 1);
}

TEST_F(HintChannelTest, ManyHintsAreOneNotification) {
  const auto store = open(), other = open();
  HintLog others(*other);
  ASSERT_TRUE(reaches(*store, others));
  run(*outsider_, "LISTEN zkp_hints");
  HintBoard board;
  HintChannel channel(options_, board);
  constexpr std::size_t kHints = 1000;
  std::vector<Hint> hints;
  for (std::size_t i = 0; i < kHints; ++i) {
    hints.push_back({Hint::Kind::submitted, submission().id, Status::pending});
  }
  for (const Hint& hint : hints) channel.send({hint});
  std::size_t received = 0, notifications = 0;
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(outsider_->alive());
    for (const std::string& payload : outsider_->notifications()) {
      ++notifications;
      received += decode_hints(payload).size();
    }
    return received >= kHints;
  }));
  EXPECT_LE(notifications, kHints / 10);
  EXPECT_TRUE(others.wait_for(hints.back().id, Status::pending));
}

TEST_F(HintChannelTest, AChannelThatIsCutIsMadeAgain) {
  const auto store = open(), other = open();
  HintLog others(*other);
  ASSERT_TRUE(reaches(*store, others));
  EXPECT_GE(cut(), 2);
  EXPECT_TRUE(eventually([&] {
    const Submission probe = submission();
    return store->submit(probe, kNoLimit).ok() &&
           others.wait_for(probe.id, Status::pending, std::chrono::milliseconds(200));
  }));
}

}  // namespace
}  // namespace zkp::network::store::postgres
