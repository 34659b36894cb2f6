#include <gtest/gtest.h>

#include "network/consensus/raft/test_cluster.h"

namespace zkp::network::consensus::raft {
namespace {

using base::ErrorCode;

const WorkerRecord kDraining{.draining = true, .quarantined = false, .reason = "asked to"};

auto adding(const Member& member) {
  return [member](Raft& raft, Done done) { raft.add_member(member, std::move(done)); };
}
auto removing(const std::string& id) {
  return [id](Raft& raft, Done done) { raft.remove_member(id, std::move(done)); };
}
auto has_members(const std::vector<Member>& members) {
  return [members](const Agreement& agreement) { return agreement.members == members; };
}
auto has_worker(const std::string& id) {
  return [id](const Agreement& agreement) { return agreement.workers.contains(id); };
}

TEST(Membership, AddsAVoterAndRemovesOne) {
  TestCluster cluster(3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  const int fourth = cluster.add_node();
  ASSERT_TRUE(cluster.start(fourth).ok());
  cluster.on_leader(adding(cluster.member(fourth)));
  EXPECT_TRUE(cluster.eventually_agree(has_members(
      {cluster.member(1), cluster.member(2), cluster.member(3), cluster.member(fourth)})));
  EXPECT_TRUE(cluster.raft(fourth).agreement()->workers.contains("worker-1"));
  // Added twice is the same as once.
  cluster.on_leader(adding(cluster.member(fourth)));

  cluster.on_leader(removing(TestCluster::id_of(1)));
  cluster.on_leader(removing(TestCluster::id_of(1)));
  cluster.stop(1);
  EXPECT_TRUE(cluster.eventually_agree(
      has_members({cluster.member(2), cluster.member(3), cluster.member(fourth)})));
  // Two of three: the newcomer's vote is needed.
  cluster.stop(2);
  cluster.put("worker-2", kDraining);
  EXPECT_EQ(cluster.raft(cluster.leader()).agreement()->workers.size(), 2U);
}

TEST(Membership, KeepsAMemberOnStandByUntilItIsToVote) {
  TestCluster cluster(1);
  cluster.start_all();
  const int second = cluster.add_node();
  ASSERT_TRUE(cluster.start(second).ok());
  EXPECT_TRUE(cluster.raft(second).agreement()->members.empty());
  cluster.on_leader(adding(cluster.member(second, false)));
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(
      cluster.eventually_agree(has_members({cluster.member(1), cluster.member(second, false)})));
  EXPECT_TRUE(cluster.eventually_agree(has_worker("worker-1")));
  Answer to_stand_by;
  cluster.raft(1).transfer(TestCluster::id_of(second), to_stand_by.done());
  EXPECT_EQ(to_stand_by.get().error().code, ErrorCode::failed_precondition);
  cluster.on_leader(adding(cluster.member(second)));
  EXPECT_TRUE(cluster.eventually_agree(has_members({cluster.member(1), cluster.member(second)})));
}

TEST(Membership, RefusesAddressesThatAreTaken) {
  TestCluster cluster(1);
  cluster.start_all();
  cluster.leader();
  Member same_address = cluster.member(1);
  same_address.id = "coordinator-9";
  Member moved = cluster.member(1);
  moved.raft_address = free_address();
  Member nameless = cluster.member(1);
  nameless.id = "";
  Answer first, second, third;
  cluster.raft(1).add_member(same_address, first.done());
  EXPECT_EQ(first.get().error().code, ErrorCode::conflict);
  cluster.raft(1).add_member(moved, second.done());
  EXPECT_EQ(second.get().error().code, ErrorCode::conflict);
  cluster.raft(1).add_member(nameless, third.done());
  EXPECT_EQ(third.get().error().code, ErrorCode::invalid_argument);
}

TEST(Membership, KeepsTheLastVoter) {
  TestCluster cluster(1);
  cluster.start_all();
  cluster.leader();
  Answer answer, transfer;
  cluster.raft(1).remove_member(TestCluster::id_of(1), answer.done());
  EXPECT_EQ(answer.get().error().code, ErrorCode::failed_precondition);
  cluster.raft(1).transfer("", transfer.done());
  EXPECT_EQ(transfer.get().error().code, ErrorCode::not_found);
}

TEST(Membership, ALeaderThatRemovesItselfStepsDown) {
  TestCluster cluster(3);
  cluster.start_all();
  const int old_leader = cluster.leader();
  cluster.on_leader(removing(TestCluster::id_of(old_leader)));
  EXPECT_TRUE(
      cluster.eventually([&] { return cluster.raft(old_leader).state().role != Role::leader; }));
  cluster.stop(old_leader);
  EXPECT_NE(cluster.leader(), old_leader);
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(cluster.eventually_agree(
      [](const Agreement& agreement) { return agreement.members.size() == 2; }));
}

TEST(Membership, GoesOnWithANewcomerThatWasAway) {
  TestCluster cluster(1);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  const int second = cluster.add_node();
  Answer added, meanwhile;
  cluster.raft(1).add_member(cluster.member(second), added.done());
  cluster.raft(1).remove_member("coordinator-9", meanwhile.done());
  EXPECT_EQ(meanwhile.get().error().code, ErrorCode::conflict);
  const base::Status away = added.get();
  ASSERT_FALSE(away.ok());
  EXPECT_EQ(away.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(
      cluster.eventually_agree(has_members({cluster.member(1), cluster.member(second, false)})));
  ASSERT_TRUE(cluster.start(second).ok());
  cluster.on_leader(adding(cluster.member(second)));
  EXPECT_TRUE(cluster.eventually_agree(has_members({cluster.member(1), cluster.member(second)})));
}

TEST(Membership, AnswersAChangeThatTheStopCutsShort) {
  TestCluster cluster(1);
  cluster.start_all();
  cluster.leader();
  const int second = cluster.add_node();
  Answer added;
  cluster.raft(1).add_member(cluster.member(second), added.done());
  cluster.raft(1).stop();
  const base::Status status = added.get();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::unavailable);
}

TEST(Membership, BringsAWipedNodeBack) {
  TestCluster cluster(3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  const int lost = cluster.a_follower();
  cluster.stop(lost);
  std::filesystem::remove_all(cluster.options(lost).data_dir);
  cluster.options(lost).bootstrap_members.clear();
  ASSERT_TRUE(cluster.start(lost).ok());
  cluster.on_leader(removing(TestCluster::id_of(lost)));
  cluster.on_leader(adding(cluster.member(lost)));
  EXPECT_TRUE(cluster.eventually_agree(
      has_members({cluster.member(1), cluster.member(2), cluster.member(3)})));
  EXPECT_TRUE(cluster.eventually_agree(has_worker("worker-1")));
}

TEST(Membership, SendsANewcomerASnapshot) {
  TestCluster cluster(1);
  cluster.options(1).snapshot_threshold = 16;
  cluster.options(1).snapshot_trailing = 4;
  cluster.start_all();
  for (int i = 0; i < 60; ++i) cluster.put("worker-" + std::to_string(i), kDraining);
  // A clean stop closes the log's segment, so that the next snapshot can drop it.
  cluster.stop(1);
  cluster.start_all();
  for (int i = 60; i < 100; ++i) cluster.put("worker-" + std::to_string(i), kDraining);
  const int second = cluster.add_node();
  ASSERT_TRUE(cluster.start(second).ok());
  cluster.on_leader(adding(cluster.member(second)));
  const auto has_all = [](const Agreement& agreement) {
    return agreement.workers.size() == 100 && agreement.members.size() == 2;
  };
  EXPECT_TRUE(cluster.eventually_agree(has_all));
  int snapshots = 0;
  for (const auto& entry : std::filesystem::directory_iterator(cluster.options(second).data_dir)) {
    if (entry.path().filename().native().starts_with("snapshot-")) ++snapshots;
  }
  EXPECT_GT(snapshots, 0);
  cluster.stop(second);
  ASSERT_TRUE(cluster.start(second).ok());
  EXPECT_TRUE(cluster.eventually_agree(has_all));
}

}  // namespace
}  // namespace zkp::network::consensus::raft
