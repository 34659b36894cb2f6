#include "network/store/postgres/writer.h"

#include <latch>

#include "network/store/postgres/test_fixture.h"

namespace zkp::network::store::postgres {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr Statement kInsert{"insert", "INSERT INTO numbers VALUES ($1) RETURNING number"};
// Locks row 1, then row 2.
constexpr Statement kTouchBoth{
    "touch_both",
    "WITH one AS (SELECT FROM numbers WHERE number = 1 FOR UPDATE) UPDATE numbers SET touched = "
    "touched + 1 WHERE number = 2 AND EXISTS (SELECT FROM one)"};
constexpr Statement kEcho{"echo", "SELECT $1::text"};
constexpr Statement kGate{"gate", "SELECT pg_advisory_xact_lock(1)"};

class WriterTest : public PostgresTest {
 protected:
  WriterTest() {
    run(*outsider_, "CREATE TABLE numbers (number bigint UNIQUE, touched bigint DEFAULT 0)");
    options_.call_timeout = std::chrono::seconds(20);
    writer_ = std::make_unique<Writer>(options_);
  }

  static Call call(const Statement& statement, std::int64_t number, const char* order = "") {
    Call call{&statement, {}, Call::Turn::one_task, order};
    call.params.number(number);
    return call;
  }
  base::Result<Rows> insert(std::int64_t number) { return writer_->run(call(kInsert, number)); }
  // Runs all of these calls so that they wait at the same time.
  std::vector<base::Result<Rows>> run_together(const std::vector<Call>& calls) {
    run(*outsider_, "BEGIN; SELECT pg_advisory_xact_lock(1)");
    std::jthread first([&] { EXPECT_TRUE(writer_->run({&kGate, {}}).ok()); });
    EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
    std::vector<std::optional<base::Result<Rows>>> results(calls.size());
    {
      std::vector<std::jthread> callers;
      for (std::size_t i = 0; i < calls.size(); ++i) {
        callers.emplace_back([&, i] { results[i].emplace(writer_->run(calls[i])); });
      }
      EXPECT_TRUE(eventually([&] { return writer_->waiting() == calls.size(); }));
      run(*outsider_, "COMMIT");
    }
    std::vector<base::Result<Rows>> done;
    for (auto& result : results) done.push_back(*std::move(result));
    return done;
  }
  std::int64_t count() { return number("SELECT count(*) FROM numbers"); }

  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, OneCommitServesAllWhoWait) {
  std::vector<Call> calls;
  for (int i = 0; i < 16; ++i) calls.push_back(call(kInsert, i));
  const auto results = run_together(calls);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)]->number(0, 0), i);
  EXPECT_EQ(count(), 16);
  EXPECT_EQ(writer_->commits(), 2U);
}

TEST_F(WriterTest, ACallThatIsRefusedIsLeftOut) {
  EXPECT_TRUE(insert(1).ok());
  Call nul{&kEcho, {}, Call::Turn::one_task, ""};
  nul.params.text(std::string_view("a\0b", 3));
  const auto results =
      run_together({call(kInsert, 2), call(kInsert, 1, "a"), nul, call(kInsert, 3, "b")});
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(results[1].error().code, ErrorCode::conflict);
  EXPECT_EQ(results[2].error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(results[3].ok());
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(writer_->commits(), 3U);
}

TEST_F(WriterTest, ACallThatGoesAloneKeepsTheOthersOut) {
  Call alone = call(kInsert, 2);
  alone.turn = Call::Turn::alone;
  for (const auto& result : run_together({call(kInsert, 1), alone, call(kInsert, 3)})) {
    EXPECT_TRUE(result.ok());
  }
  EXPECT_GE(writer_->commits(), 3U);
  EXPECT_EQ(number("SELECT count(DISTINCT xmin::text) FROM numbers WHERE number IN (1, 2)"), 2);
  EXPECT_EQ(number("SELECT count(DISTINCT xmin::text) FROM numbers WHERE number IN (2, 3)"), 2);
}

TEST_F(WriterTest, ADeadlockIsTriedAgain) {
  EXPECT_TRUE(insert(1).ok());
  EXPECT_TRUE(insert(2).ok());
  // The one who waits less long before it looks for a deadlock is its victim: not the outsider.
  run(*outsider_,
      "BEGIN; SET LOCAL deadlock_timeout = '60s'; UPDATE numbers SET touched = 10 WHERE number = "
      "2");
  std::jthread batch([&] { EXPECT_TRUE(writer_->run({&kTouchBoth, {}}).ok()); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  run(*outsider_, "UPDATE numbers SET touched = 10 WHERE number = 1; COMMIT");
  batch.join();
  EXPECT_EQ(number("SELECT sum(touched)::bigint FROM numbers"), 21);
}

TEST_F(WriterTest, AConnectionThatIsCutIsMadeAgain) {
  run(*outsider_, "BEGIN; SELECT pg_advisory_xact_lock(1)");
  std::optional<base::Result<Rows>> lost;
  std::jthread caller([&] { lost.emplace(writer_->run({&kGate, {}})); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  EXPECT_EQ(cut("wait_event_type = 'Lock'"), 1);
  caller.join();
  EXPECT_EQ(lost->error().code, ErrorCode::unavailable);
  run(*outsider_, "COMMIT");
  EXPECT_TRUE(insert(1).ok());
}

TEST_F(WriterTest, ACallThatTakesTooLongIsGivenUp) {
  options_.call_timeout = std::chrono::milliseconds(400);
  writer_ = std::make_unique<Writer>(options_);
  run(*outsider_, "BEGIN; SELECT pg_advisory_xact_lock(1)");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(writer_->run({&kGate, {}})), ErrorCode::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
  run(*outsider_, "COMMIT");
  EXPECT_TRUE(insert(1).ok());
}

TEST_F(WriterTest, WithoutAServerCallsFailSoon) {
  PostgresOptions nowhere = options_;
  nowhere.connection = "host=/nowhere user=a password=secret dbname=b";
  Writer writer(nowhere);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    const auto result = writer.run({&kGate, {}});
    EXPECT_EQ(code_of(result), ErrorCode::unavailable);
    EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace zkp::network::store::postgres
