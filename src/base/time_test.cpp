#include "base/time.h"

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

TEST(Time, IsWrittenAsRfc3339InUtc) {
  EXPECT_EQ(to_rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(1'795'465'280'123)), "2026-11-23T20:21:20.123Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(951'782'400'007)), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Time, MillisecondsComeBack) {
  for (const std::int64_t ms :
       {std::int64_t{-5}, std::int64_t{0}, std::int64_t{1'795'465'280'123}}) {
    EXPECT_EQ(to_unix_ms(from_unix_ms(ms)), ms);
  }
}

TEST(Time, SystemClockIsPastThisProgramsFirstDay) {
  EXPECT_GT(SystemClock().now(), from_unix_ms(1'700'000'000'000));
}

}  // namespace
}  // namespace zkp::base
