#include "network/task/task.h"

#include <array>
#include <rapidcheck.h>
#include <set>

#include <gtest/gtest.h>

namespace zkp::network::task {
namespace {

using namespace std::chrono_literals;

constexpr std::array kStatuses = {Status::pending,   Status::assigned, Status::running,
                                  Status::completed, Status::failed,   Status::cancelled};

TEST(TaskId, HoldsTheTimeTheVersionAndTheVariant) {
  // RFC 9562, appendix A.6: the example of version 7 was made at 0x017f22e279b0 ms.
  base::SeededRandom random(1);
  const std::string text = TaskId::make(base::from_unix_ms(0x017f22e279b0), random).to_string();
  EXPECT_EQ(text.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_EQ(std::string("89ab").find(text[19]) != std::string::npos, true) << text;
}

TEST(TaskId, SortsByTheTimeOfSubmission) {
  EXPECT_TRUE(rc::check([](std::uint32_t first, std::uint32_t later, std::uint64_t seed) {
    base::SeededRandom random(seed);
    const auto a = TaskId::make(base::from_unix_ms(first), random);
    const auto b = TaskId::make(base::from_unix_ms(std::int64_t{first} + later + 1), random);
    RC_ASSERT(a < b);
    RC_ASSERT(a.to_string() < b.to_string());
  }));
}

TEST(TaskId, IsReadBackInEitherCase) {
  const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";  // RFC 9562, appendix A.6
  const auto id = TaskId::parse(text);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->to_string(), text);
  EXPECT_EQ(TaskId::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").value(), *id);
  EXPECT_EQ(TaskId::parse(TaskId().to_string()).value(), TaskId());
}

TEST(TaskId, RefusesEveryOtherText) {
  for (const char* text :
       {"", "1", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2a79b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c0 398f"}) {
    const auto id = TaskId::parse(text);
    ASSERT_FALSE(id.ok()) << text;
    EXPECT_EQ(id.error().code, base::ErrorCode::invalid_argument);
  }
}

TEST(TaskId, IsDifferentEachTime) {
  base::SystemRandom random;
  std::set<TaskId> ids;
  std::set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i) {
    const auto id = TaskId::make(base::from_unix_ms(1), random);
    ids.insert(id);
    hashes.insert(std::hash<TaskId>{}(id));
  }
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(hashes.size(), 1000U);
}

TEST(Status, IsReadBackByItsName) {
  for (const Status status : kStatuses) EXPECT_EQ(parse_status(name_of(status)).value(), status);
  ASSERT_FALSE(parse_status("Pending").ok());
  EXPECT_EQ(parse_status("").error().message,
            "status: want pending, assigned, running, completed, failed, cancelled");
}

TEST(Status, FollowsTheDiagram) {
  const std::set<std::pair<Status, Status>> allowed = {
      {Status::pending, Status::assigned},   {Status::pending, Status::completed},
      {Status::pending, Status::failed},     {Status::pending, Status::cancelled},
      {Status::assigned, Status::running},   {Status::assigned, Status::pending},
      {Status::assigned, Status::completed}, {Status::assigned, Status::failed},
      {Status::assigned, Status::cancelled}, {Status::running, Status::pending},
      {Status::running, Status::completed},  {Status::running, Status::failed},
      {Status::running, Status::cancelled},
  };
  for (const Status from : kStatuses) {
    for (const Status to : kStatuses) {
      EXPECT_EQ(may_follow(from, to), allowed.contains({from, to}))
          << name_of(from) << " -> " << name_of(to);
    }
  }
}

TEST(Failure, IsTriedAgainUnlessTheInputsAreToBlame) {
  const std::vector<std::pair<FailureCode, bool>> codes = {
      {FailureCode::invalid_input, false},
      {FailureCode::unsatisfied, false},
      {FailureCode::witness_error, false},
      {FailureCode::deadline_exceeded, false},
      {FailureCode::attempts_exhausted, false},
      {FailureCode::out_of_memory, true},
      {FailureCode::internal, true},
  };
  for (const auto& [code, retryable] : codes) {
    EXPECT_EQ(parse_failure_code(name_of(code)).value(), code);
    EXPECT_EQ(is_retryable(code), retryable) << name_of(code);
  }
  EXPECT_EQ(parse_failure_code("oops").error().code, base::ErrorCode::invalid_argument);
}

TEST(QueueRank, LetsAnOldTaskOvertakeAnImportantOne) {
  const base::Time start = base::from_unix_ms(1'700'000'000'000);
  EXPECT_LT(queue_rank(start, 5), queue_rank(start + 1ms, 5));
  EXPECT_LT(queue_rank(start + 59s, 6), queue_rank(start, 5));
  EXPECT_LT(queue_rank(start, 0), queue_rank(start + 9min + 1ms, 9));
}

TEST(BackOff, DoublesUpToItsLimitAndNeverBelowHalf) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  EXPECT_EQ(back_off(0, kMost), 0ms);
  EXPECT_EQ(back_off(1, 0), 100ms);
  EXPECT_EQ(back_off(1, kMost), 199ms);
  EXPECT_EQ(back_off(2, 0), 200ms);
  EXPECT_EQ(back_off(8, 0), 12800ms);
  EXPECT_EQ(back_off(9, 0), 15s);
  EXPECT_EQ(back_off(1'000'000, 0), 15s);
  EXPECT_TRUE(rc::check([](std::uint8_t failures, std::uint64_t jitter) {
    const auto wait = back_off(failures + 1, jitter);
    RC_ASSERT(wait >= back_off(failures + 1, 0));
    RC_ASSERT(wait < 2 * back_off(failures + 1, 0));
  }));
}

}  // namespace
}  // namespace zkp::network::task
