#include "network/consensus/solo/solo.h"

#include <future>

#include <gtest/gtest.h>

namespace zkp::network::consensus {
namespace {

TEST(Solo, LeadsFromTheStart) {
  Solo solo({.node_id = "coordinator-1", .address = "127.0.0.1:9090", .term = 7});
  std::promise<State> announced;
  ASSERT_TRUE(solo.start([&](const State& state) { announced.set_value(state); }).ok());
  const State state = announced.get_future().get();
  EXPECT_EQ(state.role, Role::leader);
  EXPECT_EQ(state.term, 7U);
  EXPECT_EQ(state.node_id, "coordinator-1");
  EXPECT_EQ(state.leader_id, "coordinator-1");
  EXPECT_EQ(state.leader_address, "127.0.0.1:9090");
  EXPECT_EQ(solo.state().term, 7U);
  EXPECT_STREQ(name_of(state.role), "leader");
}

TEST(Solo, SaysNothingAfterStop) {
  int calls = 0;
  {
    Solo solo({.node_id = "coordinator-1"});
    ASSERT_TRUE(solo.start([&](const State&) { ++calls; }).ok());
    solo.stop();
    EXPECT_EQ(calls, 1);
    solo.stop();
  }
  EXPECT_EQ(calls, 1);
}

TEST(Solo, MayBeStoppedWithoutAStart) {
  Solo solo({.node_id = "coordinator-1"});
  solo.stop();
}

}  // namespace
}  // namespace zkp::network::consensus
