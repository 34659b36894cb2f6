#include "network/consensus/raft/raft.h"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "network/consensus/raft/test_cluster.h"

namespace zkp::network::consensus::raft {
namespace {

using base::ErrorCode;

const WorkerRecord kDraining{.draining = true, .quarantined = false, .reason = "asked to"};
const WorkerRecord kQuarantined{.draining = false, .quarantined = true, .reason = "a bad proof"};

// At most one coordinator ever said that it leads in a term.
void expect_one_leader_a_term(TestCluster& cluster) {
  std::map<std::uint64_t, std::set<int>> leaders;
  for (const auto& [node, state] : cluster.history()) {
    if (state.role == Role::leader) leaders[state.term].insert(node);
  }
  for (const auto& [term, nodes] : leaders) {
    EXPECT_EQ(nodes.size(), 1U) << "in term " << term;
  }
}

TEST(Raft, ElectsOneLeaderWhomAllKnow) {
  TestCluster cluster(3);
  cluster.start_all();
  const int leader = cluster.leader();
  for (int node = 1; node <= 3; ++node) {
    const State state = cluster.raft(node).state();
    EXPECT_EQ(state.role, node == leader ? Role::leader : Role::follower);
    EXPECT_EQ(state.node_id, TestCluster::id_of(node));
    EXPECT_EQ(state.leader_address, cluster.member(leader).worker_address);
    EXPECT_GT(state.term, 0U);
    EXPECT_EQ(state.failure, "");
  }
  EXPECT_TRUE(cluster.eventually_agree([&](const Agreement& agreement) {
    return agreement.members ==
           std::vector{cluster.member(1), cluster.member(2), cluster.member(3)};
  }));
  expect_one_leader_a_term(cluster);
}

TEST(Raft, AgreesOnRecords) {
  TestCluster cluster(3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  cluster.put("worker-2", kDraining);
  cluster.put("worker-2", kQuarantined);
  cluster.put("worker-2", kQuarantined);
  cluster.on_leader(
      [&](Raft& raft, Done done) { raft.propose({"worker-1", std::nullopt}, std::move(done)); });
  EXPECT_TRUE(cluster.eventually_agree([&](const Agreement& agreement) {
    return agreement.workers == std::map<std::string, WorkerRecord>{{"worker-2", kQuarantined}};
  }));
  const State state = cluster.raft(cluster.leader()).state();
  EXPECT_GT(state.commit_index, 1U);
  EXPECT_GE(state.commit_index, state.applied_index);
}

TEST(Raft, ShowsARecordAsSoonAsItIsDone) {
  TestCluster cluster(1);
  cluster.start_all();
  Raft& raft = cluster.raft(cluster.leader());
  std::promise<bool> there;
  raft.propose({"worker-1", kDraining}, [&](const base::Status& status) {
    there.set_value(status.ok() && raft.agreement()->workers.contains("worker-1"));
  });
  EXPECT_TRUE(there.get_future().get());
}

TEST(Raft, LetsADoneCallThePort) {
  TestCluster cluster(1);
  cluster.start_all();
  Raft& raft = cluster.raft(cluster.leader());
  Answer second;
  raft.propose({"worker-1", kDraining}, [&](const base::Status&) {
    EXPECT_EQ(raft.state().role, Role::leader);
    raft.propose({"worker-2", kDraining}, second.done());
  });
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(raft.agreement()->workers.size(), 2U);
}

TEST(Raft, RefusesProposalsOnFollowers) {
  TestCluster cluster(3);
  cluster.start_all();
  Raft& raft = cluster.raft(cluster.a_follower());
  Answer proposal, add, remove, transfer, too_long;
  raft.propose({"worker-1", kDraining}, proposal.done());
  raft.add_member(cluster.member(1), add.done());
  raft.remove_member("coordinator-1", remove.done());
  raft.transfer("", transfer.done());
  raft.propose({"", kDraining}, too_long.done());
  for (Answer* answer : {&proposal, &add, &remove, &transfer}) {
    const base::Status status = answer->get();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::failed_precondition);
  }
  EXPECT_EQ(too_long.get().error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(raft.agreement()->workers.empty());
}

TEST(Raft, KeepsRecordsOverARestartOfAll) {
  TestCluster cluster(3);
  cluster.start_all();
  for (int i = 0; i < 20; ++i) cluster.put(fmt::format("worker-{}", i), kDraining);
  const std::uint64_t term = cluster.raft(cluster.leader()).state().term;
  cluster.stop_all();
  cluster.start_all();
  const int leader = cluster.leader();
  EXPECT_GT(cluster.raft(leader).state().term, term);
  // A leader that is announced has applied everything.
  EXPECT_EQ(cluster.raft(leader).agreement()->workers.size(), 20U);
  EXPECT_TRUE(cluster.eventually_agree(
      [&](const Agreement& agreement) { return agreement.workers.size() == 20; }));
  cluster.put("worker-20", kDraining);
  expect_one_leader_a_term(cluster);
}

TEST(Raft, ReplacesALeaderThatStops) {
  TestCluster cluster(3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  for (int round = 0; round < 3; ++round) {
    const int old_leader = cluster.leader();
    const std::uint64_t term = cluster.raft(old_leader).state().term;
    cluster.stop(old_leader);
    const int leader = cluster.leader();
    EXPECT_NE(leader, old_leader);
    EXPECT_GT(cluster.raft(leader).state().term, term);
    EXPECT_EQ(cluster.raft(leader).agreement()->workers.at("worker-1"), kDraining);
    cluster.put(fmt::format("of-round-{}", round), kQuarantined);
    ASSERT_TRUE(cluster.start(old_leader).ok());
  }
  EXPECT_TRUE(cluster.eventually_agree(
      [&](const Agreement& agreement) { return agreement.workers.size() == 4; }));
  expect_one_leader_a_term(cluster);
}

TEST(Raft, MovesLeadership) {
  TestCluster cluster(3);
  cluster.start_all();
  for (int round = 0; round < 2; ++round) {
    const int target = cluster.a_follower();
    cluster.on_leader(
        [&](Raft& raft, Done done) { raft.transfer(TestCluster::id_of(target), std::move(done)); });
    EXPECT_TRUE(cluster.eventually([&] { return cluster.leader() == target; }));
  }
  const int leader = cluster.leader();
  Answer to_itself, to_nobody;
  cluster.raft(leader).transfer(TestCluster::id_of(leader), to_itself.done());
  EXPECT_TRUE(to_itself.get().ok());
  cluster.raft(leader).transfer("coordinator-9", to_nobody.done());
  EXPECT_EQ(to_nobody.get().error().code, ErrorCode::not_found);
  expect_one_leader_a_term(cluster);
}

TEST(Raft, HandsLeadershipToWhoeverIsBest) {
  TestCluster cluster(3);
  cluster.start_all();
  const int leader = cluster.leader();
  Answer answer;
  cluster.raft(leader).transfer("", answer.done());
  const base::Status status = answer.get();
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_NE(cluster.leader(), leader);
}

TEST(Raft, AnswersEachProposalOnceThoughItStops) {
  TestCluster cluster(3);
  cluster.start_all();
  const int leader = cluster.leader();
  std::atomic<int> answers = 0, wrong = 0;
  for (int i = 0; i < 200; ++i) {
    cluster.raft(leader).propose(
        {fmt::format("worker-{}", i), kDraining}, [&](const base::Status& status) {
          ++answers;
          if (!status.ok() && status.error().code != ErrorCode::unavailable &&
              status.error().code != ErrorCode::failed_precondition &&
              status.error().code != ErrorCode::resource_exhausted) {
            ++wrong;
          }
        });
  }
  cluster.raft(leader).stop();
  EXPECT_EQ(answers, 200);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(cluster.raft(leader).state().role, Role::follower);
  Answer late;
  cluster.raft(leader).propose({"worker-1", kDraining}, late.done());
  EXPECT_EQ(late.get().error().code, ErrorCode::failed_precondition);
}

TEST(Raft, BoundsWhatWaits) {
  TestCluster cluster(1);
  cluster.start_all();
  Raft& raft = cluster.raft(cluster.leader());
  std::promise<void> reached, go_on;
  raft.propose({"worker-0", kDraining}, [&](const base::Status&) {
    reached.set_value();
    go_on.get_future().wait();
  });
  reached.get_future().wait();
  std::atomic<int> answers = 0, full = 0;
  constexpr int kProposals = 5000;
  for (int i = 0; i < kProposals; ++i) {
    raft.propose({"worker-1", kDraining}, [&](const base::Status& status) {
      if (!status.ok() && status.error().code == ErrorCode::resource_exhausted) ++full;
      ++answers;
    });
  }
  EXPECT_EQ(full, kProposals - 4096);
  go_on.set_value();
  EXPECT_TRUE(cluster.eventually([&] { return answers == kProposals; }));
}

TEST(Raft, IsolatedLeaderStepsDownAndItsProposalsAreUncertain) {
  TestCluster cluster(3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  const int old_leader = cluster.leader();
  const std::uint64_t term = cluster.raft(old_leader).state().term;
  cluster.network(old_leader).set(false);
  Answer lost;
  cluster.raft(old_leader).propose({"worker-2", kDraining}, lost.done());
  const base::Status status = lost.get();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(
      cluster.eventually([&] { return cluster.raft(old_leader).state().role != Role::leader; }));
  int leader = 0;
  EXPECT_TRUE(cluster.eventually([&] {
    for (int node = 1; node <= 3; ++node) {
      const State state = cluster.raft(node).state();
      if (node != old_leader && state.role == Role::leader && state.term > term) leader = node;
    }
    return leader != 0;
  }));
  cluster.put("worker-3", kQuarantined);
  cluster.network(old_leader).set(true);
  EXPECT_TRUE(cluster.eventually_agree([&](const Agreement& agreement) {
    return agreement.workers.contains("worker-1") && agreement.workers.contains("worker-3") &&
           !agreement.workers.contains("worker-2");
  }));
  expect_one_leader_a_term(cluster);
}

TEST(Raft, FollowerThatWasAwayDisturbsNobody) {
  TestCluster cluster(3);
  cluster.start_all();
  const int away = cluster.a_follower();
  const int leader = cluster.leader();
  const std::uint64_t term = cluster.raft(leader).state().term;
  cluster.network(away).set(false);
  EXPECT_TRUE(
      cluster.eventually([&] { return cluster.raft(away).state().role == Role::candidate; }));
  cluster.put("worker-1", kDraining);
  cluster.network(away).set(true);
  EXPECT_TRUE(cluster.eventually_agree(
      [&](const Agreement& agreement) { return agreement.workers.contains("worker-1"); }));
  // Pre-vote: the one that was away raised no term. (A busy machine may have cost the leader its
  // own; then there is nothing to see.)
  if (cluster.leader() == leader) {
    EXPECT_EQ(cluster.raft(leader).state().term, term);
  }
  EXPECT_EQ(cluster.raft(away).state().term, cluster.raft(cluster.leader()).state().term);
}

TEST(Raft, RestartsFromASnapshot) {
  TestCluster cluster(3);
  for (int node = 1; node <= 3; ++node) {
    cluster.options(node).snapshot_threshold = 32;
    cluster.options(node).snapshot_trailing = 16;
  }
  cluster.start_all();
  for (int i = 0; i < 120; ++i) cluster.put(fmt::format("worker-{}", i), kDraining);
  const int leader = cluster.leader();
  const auto snapshots = [&](int node) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(cluster.options(node).data_dir)) {
      if (entry.path().filename().native().starts_with("snapshot-")) ++count;
    }
    return count;
  };
  EXPECT_TRUE(cluster.eventually([&] { return snapshots(leader) >= 2; }));
  cluster.stop_all();
  cluster.start_all();
  EXPECT_EQ(cluster.raft(cluster.leader()).agreement()->workers.size(), 120U);
  cluster.put("worker-120", kQuarantined);
  EXPECT_TRUE(cluster.eventually_agree(
      [&](const Agreement& agreement) { return agreement.workers.size() == 121; }));
  EXPECT_EQ(cluster.raft(cluster.leader()).agreement()->members.size(), 3U);
}

TEST(Raft, CanBeStoppedAtAnyTime) {
  TestCluster cluster(1);
  {
    Raft never_started(cluster.options(1));
    never_started.stop();
  }
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(cluster.start(1).ok());
    cluster.stop(1);
  }
  cluster.start_all();
  cluster.leader();
  cluster.raft(1).stop();
  const std::size_t announced = cluster.history().size();
  cluster.raft(1).stop();
  EXPECT_EQ(cluster.history().size(), announced);
}

}  // namespace
}  // namespace zkp::network::consensus::raft
