#include "apps/program/inherited_socket.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace zkp::apps {
namespace {

class InheritedSocket : public testing::Test {
 protected:
  ~InheritedSocket() override {
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
  }
  static base::Result<std::optional<int>> offer(pid_t process, const char* count) {
    setenv("LISTEN_PID", std::to_string(process).c_str(), 1);
    setenv("LISTEN_FDS", count, 1);
    return inherited_socket();
  }
};

TEST_F(InheritedSocket, IsTheFirstDescriptorAfterTheStandardOnes) {
  EXPECT_EQ(*offer(getpid(), "1"), 3);
}

TEST_F(InheritedSocket, IsNoneIfNoneWasOfferedToThisProcess) {
  EXPECT_EQ(*inherited_socket(), std::nullopt);
  EXPECT_EQ(*offer(getppid(), "1"), std::nullopt);
  EXPECT_EQ(*offer(getpid(), ""), std::nullopt);
}

TEST_F(InheritedSocket, IsOneAndNoMore) {
  for (const char* count : {"0", "2", "-1", "one"}) {
    const auto socket = offer(getpid(), count);
    ASSERT_FALSE(socket.ok()) << count;
    EXPECT_EQ(socket.error().code, base::ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace zkp::apps
