#include "services/gateway/remote_cluster.h"

#include <gtest/gtest.h>

namespace zkp::services::gateway {
namespace {

using Description = zkp::v1::ClusterDescription;

Description description(const std::string& id, const std::string& role, std::uint64_t term) {
  Description made;
  made.set_coordinator_id(id);
  made.set_role(role);
  made.set_term(term);
  for (const char* member : {"a", "b", "c"}) made.add_coordinators()->set_id(member);
  return made;
}

TEST(RemoteCluster, TheLeaderTellsOfTheClusterAndEachOneOfItself) {
  Description leader = description("b", "leader", 7);
  auto& worker = *leader.add_workers();
  worker.set_id("worker-1");
  worker.set_state("active");
  worker.set_slots(4);
  worker.set_used(3);
  const ClusterState state =
      merge_descriptions({description("a", "leader", 6), leader,
                          base::Error{base::ErrorCode::unavailable, "connection refused"}});
  EXPECT_EQ(state.leader_id, "b");
  EXPECT_EQ(state.term, 7U);
  ASSERT_EQ(state.coordinators.size(), 3U);
  EXPECT_EQ(state.coordinators[0].role, "leader") << "its own word, though it is out of date";
  EXPECT_EQ(state.coordinators[1].role, "leader");
  EXPECT_EQ(state.coordinators[2].role, "unreachable");
  ASSERT_EQ(state.workers.size(), 1U);
  EXPECT_EQ(state.workers[0].state, "active");
  EXPECT_EQ(state.workers[0].used, 3U);
}

TEST(RemoteCluster, WithoutALeaderTheMembersAreKnownAndNobodyLeads) {
  Description follower = description("a", "follower", 3);
  follower.add_workers()->set_id("worker-1");
  const ClusterState state = merge_descriptions({follower, description("c", "candidate", 3)});
  EXPECT_EQ(state.leader_id, "");
  ASSERT_EQ(state.coordinators.size(), 3U);
  EXPECT_EQ(state.coordinators[2].role, "candidate");
  ASSERT_EQ(state.workers.size(), 1U);
  EXPECT_EQ(state.workers[0].state, "unknown");
}

TEST(RemoteCluster, NobodyAnswers) {
  const ClusterState state =
      merge_descriptions({base::Error{base::ErrorCode::unavailable, "connection refused"}});
  EXPECT_EQ(state.leader_id, "");
  EXPECT_TRUE(state.coordinators.empty());
}

}  // namespace
}  // namespace zkp::services::gateway
