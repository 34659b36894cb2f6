#include "services/coordinator/status_pages.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "network/http/test_client.h"
#include "services/coordinator/test_cluster.h"

namespace zkp::services::coordinator {
namespace {

using network::http::TestClient;

class StatusTest : public CoordinatorTest {};

TEST_F(StatusTest, HealthIsOneCompactLineWithWhatTheClusterIs) {
  const auto coordinator = lead(3);
  const WorkerPtr worker = join(*coordinator, hello("worker-1", 4));
  const auto server =
      status::StatusServer::start({.listen = "127.0.0.1:0"},
                                  status_pages(*coordinator, *store_, "1.2.3"), random_)
          .value();
  TestClient client(server->address());
  const auto reply = client.get("/health");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body.find(' '), std::string::npos);
  const auto health = reply.json();
  EXPECT_EQ(health["status"], "healthy");
  EXPECT_EQ(health["coordinator_id"], "coordinator-1");
  EXPECT_EQ(health["raft"]["state"], "leader");
  EXPECT_EQ(health["raft"]["is_leader"], true);
  EXPECT_EQ(health["raft"]["term"], 3);
  EXPECT_EQ(health["workers"]["total"], 1);
  EXPECT_EQ(health["workers"]["active"], 1);
  EXPECT_EQ(health["capacity"]["available"], 4);
  EXPECT_TRUE(health["scheduler"].contains("queue_depth"));

  EXPECT_EQ(client.get("/ready").status, 200U);
  const std::string metrics = client.get("/metrics").body;
  EXPECT_THAT(metrics, testing::HasSubstr("\nzkp_raft_is_leader 1\n"));
  EXPECT_THAT(metrics, testing::HasSubstr("\nzkp_workers{state=\"active\"} 1\n"));
  EXPECT_THAT(metrics, testing::HasSubstr("# TYPE zkp_scheduler_tasks_assigned_total counter\n"));
}

TEST_F(StatusTest, WithoutALeaderItIsAliveButNotReady) {
  const ClusterState nobody{.raft = {.node_id = "coordinator-1"},
                            .agreement = std::make_shared<const network::consensus::Agreement>()};
  const auto health = nlohmann::json::parse(health_json(nobody, "1.2.3"));
  EXPECT_EQ(health["status"], "healthy");
  EXPECT_EQ(health["raft"]["leader_id"], "");
}

}  // namespace
}  // namespace zkp::services::coordinator
