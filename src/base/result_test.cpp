#include "base/result.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

Result<int> half_of(int value) {
  if (value % 2 != 0) return Error{ErrorCode::invalid_argument, "want an even number"};
  return value / 2;
}

Result<int> quarter_of(int value) {
  ZKP_TRY(const int half, half_of(value));
  ZKP_TRY(const int quarter, half_of(half));
  return quarter;
}

Status check_quarter(int value, bool& reached_the_end) {
  ZKP_CHECK(quarter_of(value));
  reached_the_end = true;
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half_of(8);
  EXPECT_TRUE(good.ok());
  EXPECT_TRUE(good);
  EXPECT_EQ(*good, 4);
  const Result<int> bad = half_of(7);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(bad.error().message, "want an even number");
}

TEST(Result, TryReturnsTheFirstError) {
  EXPECT_EQ(*quarter_of(12), 3);
  EXPECT_FALSE(quarter_of(6));
  EXPECT_FALSE(quarter_of(5));
}

TEST(Result, CheckReturnsTheError) {
  bool reached_the_end = false;
  EXPECT_FALSE(check_quarter(6, reached_the_end));
  EXPECT_FALSE(reached_the_end);
  EXPECT_TRUE(check_quarter(4, reached_the_end));
  EXPECT_TRUE(reached_the_end);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  EXPECT_EQ(**result, 5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, ReadingWhatIsNotThereIsABug) {
  EXPECT_DEATH(static_cast<void>(half_of(7).value()), "assertion failed");
  EXPECT_DEATH(static_cast<void>(half_of(8).error()), "assertion failed");
  EXPECT_DEATH(static_cast<void>(Status{}.error()), "assertion failed");
}

TEST(ErrorCode, NamesAreDistinct) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    names.insert(name_of(static_cast<ErrorCode>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::internal) + 1);
  EXPECT_STREQ(name_of(ErrorCode::failed_precondition), "failed_precondition");
  EXPECT_STREQ(name_of(ErrorCode::internal), "internal");
}

}  // namespace
}  // namespace zkp::base
