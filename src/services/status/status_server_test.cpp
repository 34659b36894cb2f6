#include "services/status/status_server.h"

#include <gmock/gmock.h>

#include "network/http/test_client.h"
#include "services/status/metrics_text.h"

namespace zkp::services::status {
namespace {

using network::http::TestClient;

class StatusServerTest : public testing::Test {
 protected:
  std::unique_ptr<StatusServer> start(base::Result<std::string> ready) {
    Pages pages{.health = [] { return std::string(R"({"status":"healthy"})"); },
                .ready = [ready] { return ready; },
                .metrics = [] { return std::string("zkp_numbers 1\n"); }};
    return StatusServer::start({.listen = "127.0.0.1:0"}, std::move(pages), random_).value();
  }

  base::SystemRandom random_;
};

TEST_F(StatusServerTest, ServesItsThreePagesAndNothingElse) {
  const auto server = start(std::string(R"({"status":"ready"})"));
  TestClient client(server->address());
  EXPECT_EQ(client.get("/health").json()["status"], "healthy");
  EXPECT_EQ(client.get("/ready").json()["status"], "ready");
  EXPECT_EQ(client.get("/metrics").body, "zkp_numbers 1\n");
  EXPECT_EQ(client.get("/nothing").status, 404U);
}

TEST_F(StatusServerTest, IsAliveAlsoIfItIsNotReady) {
  const auto server = start(base::Error{base::ErrorCode::unavailable, "nobody leads"});
  TestClient client(server->address());
  EXPECT_EQ(client.get("/health").status, 200U);
  const auto reply = client.get("/ready");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.json()["detail"], "nobody leads");
}

TEST_F(StatusServerTest, AnAddressThatIsTakenIsAnError) {
  const auto first = start(std::string("{}"));
  const auto second = StatusServer::start({.listen = first->address()}, {}, random_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, testing::HasSubstr(first->address()));
}

TEST(MetricsText, HasAFamilysTypeOnceAndItsValuesWithLabels) {
  MetricsText metrics;
  metrics.add("zkp_slots", "Slots", MetricsText::Type::Gauge);
  metrics.value(4, {{"state", "total"}});
  metrics.value(1, {{"state", "used"}});
  metrics.add("zkp_polls_total", "Polls", MetricsText::Type::Counter);
  metrics.value(7);
  EXPECT_EQ(metrics.text(),
            "# HELP zkp_slots Slots\n# TYPE zkp_slots gauge\n"
            "zkp_slots{state=\"total\"} 4\nzkp_slots{state=\"used\"} 1\n"
            "# HELP zkp_polls_total Polls\n# TYPE zkp_polls_total counter\nzkp_polls_total 7\n");
}

}  // namespace
}  // namespace zkp::services::status
