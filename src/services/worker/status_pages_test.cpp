#include "services/worker/status_pages.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "network/http/test_client.h"

namespace zkp::services::worker {
namespace {

using network::http::TestClient;

// A worker that is in whatever state the test says.
class StatedWorker final : public Worker {
 public:
  bool drain(std::chrono::milliseconds /*grace*/) override { return true; }
  [[nodiscard]] WorkerState state() const override { return stated; }

  WorkerState stated{.id = {"worker-1"},
                     .version = "1.2.3",
                     .kernels = "portable",
                     .welcomed = true,
                     .term = 7,
                     .slots = 4,
                     .slots_used = 3,
                     .unacknowledged = 2,
                     .keys_in_memory = 1,
                     .key_loads = 5,
                     .program_loads = 6,
                     .succeeded = 10,
                     .failed = 5,
                     .cancelled = 6};
};

class WorkerStatusTest : public testing::Test {
 protected:
  StatedWorker worker_;
  base::SystemRandom random_;
  std::unique_ptr<status::StatusServer> server_ =
      status::StatusServer::start({.listen = "127.0.0.1:0"}, status_pages(worker_), random_)
          .value();
  TestClient client_{server_->address()};
};

TEST_F(WorkerStatusTest, HealthSaysWhoItIsAndWhatItDoes) {
  EXPECT_EQ(client_.get("/health").body,
            R"({"status":"healthy","worker_id":"worker-1","version":"1.2.3","kernels":"portable",)"
            R"("leader":{"welcomed":true,"term":7},"draining":false,)"
            R"("capacity":{"total":4,"used":3},"unacknowledged_results":2,"keys_in_memory":1})");
}

TEST_F(WorkerStatusTest, IsReadyWhileALeaderHasWelcomedIt) {
  const auto ready = client_.get("/ready");
  EXPECT_EQ(ready.status, 200U);
  EXPECT_EQ(ready.json()["term"], 7);
  worker_.stated.welcomed = false;
  EXPECT_EQ(client_.get("/ready").status, 503U);
  EXPECT_EQ(client_.get("/health").status, 200U);
  EXPECT_THAT(client_.get("/metrics").body, testing::HasSubstr("\nzkp_worker_welcomed 0\n"));
}

TEST_F(WorkerStatusTest, MetricsCountWhatItDoes) {
  worker_.stated.draining = true;
  const std::string metrics = client_.get("/metrics").body;
  for (const char* line :
       {"zkp_worker_welcomed 1", "zkp_worker_draining 1", "zkp_worker_slots{state=\"total\"} 4",
        "zkp_worker_slots{state=\"used\"} 3", "zkp_worker_unacknowledged_results 2",
        "zkp_worker_keys_in_memory 1", "zkp_worker_loads_total{file=\"key\"} 5",
        "zkp_worker_loads_total{file=\"program\"} 6",
        "zkp_worker_attempts_total{outcome=\"succeeded\"} 10",
        "zkp_worker_attempts_total{outcome=\"failed\"} 5",
        "zkp_worker_attempts_total{outcome=\"cancelled\"} 6"}) {
    EXPECT_THAT(metrics, testing::HasSubstr(std::string("\n") + line + "\n"));
  }
}

}  // namespace
}  // namespace zkp::services::worker
