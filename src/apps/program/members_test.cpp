#include "apps/program/members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zkp::apps {
namespace {

TEST(Members, AMemberIsAnIdAndThreeAddresses) {
  const auto member = parse_member("coordinator-1=host:7000/10.0.0.1:9090/[::1]:8090");
  ASSERT_TRUE(member.ok()) << member.error().message;
  EXPECT_EQ(member->id, "coordinator-1");
  EXPECT_EQ(member->raft_address, "host:7000");
  EXPECT_EQ(member->worker_address, "10.0.0.1:9090");
  EXPECT_EQ(member->http_address, "[::1]:8090");
}

TEST(Members, AnythingElseIsRefusedWithWhatWasWanted) {
  for (const char* text :
       {"", "coordinator-1", "=a:1/b:2/c:3", "c=a:1/b:2", "c=a:1/b:2/c:3/d:4", "c=a/b:2/c:3",
        "c=:1/b:2/c:3", "c=a:0/b:2/c:3", "c=a:65536/b:2/c:3", "c=a:1x/b:2/c:3", "c=a:-1/b:2/c:3"}) {
    const auto member = parse_member(text);
    ASSERT_FALSE(member.ok()) << text;
    EXPECT_EQ(member.error().code, base::ErrorCode::invalid_argument);
    EXPECT_THAT(member.error().message, testing::HasSubstr("ID=RAFT/WORKER/HTTP"));
  }
}

}  // namespace
}  // namespace zkp::apps
