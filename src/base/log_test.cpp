#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zkp::base {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string logged(const LogOptions& options, const std::function<void()>& write) {
  testing::internal::CaptureStderr();
  start_logging(options);
  write();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, ParsesLevels) {
  EXPECT_EQ(*parse_log_level("debug"), LogLevel::debug);
  EXPECT_EQ(*parse_log_level("info"), LogLevel::info);
  EXPECT_EQ(*parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(*parse_log_level("error"), LogLevel::error);
  for (const char* text : {"", "warn", "INFO", "info ", "3"}) {
    const auto level = parse_log_level(text);
    ASSERT_FALSE(level.ok()) << text;
    EXPECT_EQ(level.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(level.error().message, HasSubstr("want debug, info, warning or error"));
  }
}

TEST(Log, WritesLinesFromItsLevelUp) {
  const std::string text = logged({.level = LogLevel::warning, .component = "plain"}, [] {
    log_info("quiet {}", 1);
    log_warning("loud {}", 2);
    log_error("louder {}", 3);
    EXPECT_FALSE(log_enabled(LogLevel::info));
    EXPECT_TRUE(log_enabled(LogLevel::warning));
  });
  EXPECT_THAT(text, Not(HasSubstr("quiet")));
  EXPECT_THAT(text, HasSubstr("plain: loud 2\n"));
  EXPECT_THAT(text, HasSubstr("plain: louder 3\n"));
}

TEST(Log, BracesInAMessageAreText) {
  EXPECT_THAT(logged({.component = "braces"}, [] { log_line(LogLevel::info, "{} %v {0}"); }),
              HasSubstr("braces: {} %v {0}\n"));
}

TEST(Log, JsonKeepsOneObjectALine) {
  const std::string text = logged({.json = true, .component = "json"},
                                  [] { log_info("a \"quoted\" \\ back\nnew line\t\x01"); });
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, HasSubstr(R"("level":"info","component":"json","message":)"
                              R"("a \"quoted\" \\ back\u000anew line\u0009\u0001"})"));
}

}  // namespace
}  // namespace zkp::base
