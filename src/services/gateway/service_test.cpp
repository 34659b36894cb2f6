#include <fstream>
#include <set>

#include <prometheus/counter.h>

#include "services/gateway/test_gateway.h"

namespace zkp::services::gateway {
namespace {

using testing::HasSubstr;
using ServiceTest = GatewayTest;

TEST_F(ServiceTest, IsAliveWhateverTheClusterDoes) {
  cluster_.set({});
  const auto reply = client().get("/health");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.json()["status"], "healthy");
  EXPECT_EQ(reply.json()["version"], "1.2.3");
}

TEST_F(ServiceTest, IsReadyWhileSomebodyLeads) {
  EXPECT_EQ(client().get("/ready").json()["leader_id"], "coordinator-1");
  cluster_.set({});
  const auto reply = client().get("/ready");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
}

TEST_F(ServiceTest, ShowsTheCluster) {
  cluster_.set({.leader_id = "coordinator-1",
                .term = 4,
                .coordinators = {{"coordinator-1", "127.0.0.1:9090", "leader"}},
                .workers = {{"worker-1", "1.2.3", "portable", "active", 4, 1},
                            {"worker-2", "1.2.3", "portable", "dead", 8, 8}}});
  submit(kAddition);
  const auto cluster = client().get("/api/v1/cluster").json();
  EXPECT_EQ(cluster["leader_id"], "coordinator-1");
  EXPECT_EQ(cluster["term"], 4);
  EXPECT_EQ(cluster["coordinators"][0]["role"], "leader");
  EXPECT_EQ(cluster["workers"].size(), 2U);
  EXPECT_EQ(cluster["workers"][0]["slots"], 4);
  EXPECT_EQ(cluster["capacity"], nlohmann::json({{"total", 4}, {"used", 1}, {"available", 3}}));
  EXPECT_EQ(cluster["queue_depth"], 1);
  EXPECT_EQ(cluster["tasks"]["pending"], 1);
}

TEST_F(ServiceTest, CountsRequestsAndTasks) {
  prometheus::BuildCounter().Name("of_another_service").Register(*registry_).Add({}).Increment();
  submit(kAddition);
  auto client = this->client();
  client.get("/no/such/path");
  client.request("BREW", "/also/none", "");
  const std::string text = client.get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("of_another_service 1"));
  EXPECT_THAT(text, HasSubstr("zkp_tasks{status=\"pending\"} 1"));
  EXPECT_THAT(text, HasSubstr("zkp_tasks{status=\"completed\"} 0"));
  EXPECT_THAT(text, HasSubstr("{method=\"POST\",route=\"/api/v1/proof\",status=\"202\"} 1"));
  EXPECT_THAT(text, HasSubstr("{method=\"any\",route=\"none\",status=\"404\"} 2"));
  EXPECT_THAT(text, HasSubstr("zkp_http_request_duration_seconds_bucket"));
  EXPECT_THAT(text, Not(HasSubstr("BREW")));
}

TEST_F(ServiceTest, ShowsBrowsersTheDashboardAndOthersTheVersion) {
  auto client = this->client();
  EXPECT_EQ(client.get("/").json(),
            nlohmann::json({{"service", "zkp-api-gateway"}, {"version", "1.2.3"}}));
  const auto page = client.get("/", {{"Accept", "text/html,application/xhtml+xml"}});
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  // The policy allows no inline script or style, and no other host.
  for (const char* refused : {"<script>", "<style", "style=", "onclick=", "http:", "https:"}) {
    EXPECT_THAT(page.body, Not(HasSubstr(refused)));
  }
  for (const char* asset : {"/assets/dashboard.js", "/assets/dashboard.css"}) {
    EXPECT_THAT(page.body, HasSubstr(asset));
    EXPECT_EQ(client.get(asset).status, 200U) << asset;
  }
  EXPECT_EQ(client.get("/assets/gateway.cpp").status, 404U);
  EXPECT_EQ(client.get("/assets/..%2Findex.html").status, 404U);
}

// The calls of the API's description, read line by line: "  /path:" and "    method:".
std::set<std::string> described_calls() {
  std::ifstream file(std::string(ZKP_SOURCE_DIR) + "/api/openapi.yaml");
  std::set<std::string> calls;
  std::string line, path;
  while (std::getline(file, line)) {
    if (line.starts_with("components:")) break;
    if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "post", "put", "delete"}) {
      if (!path.empty() && line == std::string("    ") + method + ":") {
        calls.insert(std::string(method) + " " + path);
      }
    }
  }
  return calls;
}

TEST_F(ServiceTest, ServesExactlyWhatIsDescribed) {
  std::set<std::string> served;
  for (auto [method, pattern] : gateway_->routes()) {
    std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
    served.insert(method + " " + pattern);
  }
  EXPECT_EQ(served, described_calls());
}

TEST_F(ServiceTest, RefusesToShareItsAddress) {
  options_.listen = gateway_->address();
  prometheus::Registry registry;
  const auto second =
      Gateway::start(options_, {*store_, *artifacts_, seal_, cluster_,
                                prover::field::portable_kernels(), clock_, random_, registry});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, base::ErrorCode::unavailable);
}

}  // namespace
}  // namespace zkp::services::gateway
