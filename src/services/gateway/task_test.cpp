#include <future>
#include <thread>

#include "services/gateway/test_gateway.h"

namespace zkp::services::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TaskTest : public GatewayTest {
 protected:
  std::string path_of(const network::task::TaskId& id) { return "/api/v1/proof/" + id.to_string(); }

  static constexpr const char* kUnknown = "/api/v1/proof/018bcfe5-6800-7000-8000-000000000000";
};

TEST_F(TaskTest, ShowsAFinishedTask) {
  const auto& made = proved_addition();
  const auto id = submit(kAddition);
  publish(made);
  complete(run_next(), made.proof);

  const auto task = client().get(path_of(id)).json();
  EXPECT_EQ(task["task_id"], id.to_string());
  EXPECT_EQ(task["status"], "completed");
  EXPECT_EQ(task["circuit_type"], "addition");
  EXPECT_EQ(task["result"]["proof"], nlohmann::json::parse(made.proof.proof_json));
  EXPECT_EQ(task["result"]["public_signals"], nlohmann::json({"7"}));
  EXPECT_EQ(task["result"]["verified"], true);
  EXPECT_EQ(task["circuit_digest"], made.circuit.circuit_digest);
  EXPECT_EQ(task["verification_key"],
            "/api/v1/keys/" + made.circuit.key_digest + "/verification_key.json");
  EXPECT_EQ(task["worker_id"], "worker-1");
  EXPECT_EQ(task["attempts"], 1);
  EXPECT_EQ(task["progress"], 1.0);
  EXPECT_EQ(task["started_at"], "2023-11-14T22:13:20.003Z");
  EXPECT_EQ(task["completed_at"], "2023-11-14T22:13:20.044Z");
  EXPECT_EQ(task["queue_ms"], 3);
  EXPECT_EQ(task["prove_ms"], 41);
  EXPECT_EQ(client().get(task["verification_key"].get<std::string>()).body,
            made.circuit.verification_key_json);
}

TEST_F(TaskTest, SaysWhyATaskFailed) {
  const auto id = submit(kAddition);
  publish(proved_addition());
  const auto running = run_next();
  ASSERT_TRUE(store_
                  ->fail(kTerm, running.id, running.attempt,
                         {network::task::FailureCode::unsatisfied, "the statement is false"},
                         clock_.now())
                  .ok());
  const auto task = client().get(path_of(id)).json();
  EXPECT_EQ(task["status"], "failed");
  EXPECT_EQ(task["error"]["code"], "unsatisfied");
  EXPECT_EQ(task["error"]["message"], "the statement is false");
  EXPECT_FALSE(task.contains("result"));
  EXPECT_FALSE(task.contains("prove_ms"));
}

TEST_F(TaskTest, SaysThatThereIsNoSuchTask) {
  auto client = this->client();
  for (const std::string& path :
       {std::string(kUnknown), std::string("/api/v1/proof/7"), std::string(kUnknown) + "/events"}) {
    EXPECT_EQ(client.get(path).status, 404U) << path;
  }
  EXPECT_EQ(client.request("DELETE", kUnknown, "").status, 404U);
  EXPECT_EQ(client.get(std::string(kUnknown) + "?wait=30s").status, 404U);
}

TEST_F(TaskTest, CancelsOnce) {
  const auto id = submit(kAddition);
  auto client = this->client();
  const auto cancelled = client.request("DELETE", path_of(id), "");
  EXPECT_EQ(cancelled.status, 200U);
  EXPECT_EQ(cancelled.json()["status"], "cancelled");
  EXPECT_EQ(client.request("DELETE", path_of(id), "").status, 409U);
}

TEST_F(TaskTest, WaitsAsLongAsItIsAskedTo) {
  const auto id = submit(kAddition);
  auto client = this->client();
  EXPECT_EQ(client.get(path_of(id) + "?wait=0s").json()["status"], "pending");
  EXPECT_EQ(client.get(path_of(id) + "?wait=20ms").json()["status"], "pending");
  for (const char* wait : {"", "30", "s", "ms", "-1s", "1.5s", "61s", "60001ms", "1m",
                           "99999999999999999999s", " 1s"}) {
    std::string query = std::string("?wait=") + wait;
    if (query.find(' ') != std::string::npos) query = "?wait=%201s";
    EXPECT_EQ(client.get(path_of(id) + query).status, 400U) << wait;
  }
}

TEST_F(TaskTest, WakesWhoWaitsWhenTheTaskEnds) {
  publish(proved_addition());
  const auto id = submit(kAddition);
  std::vector<std::future<std::string>> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::async(std::launch::async, [&] {
      return client().get(path_of(id) + "?wait=60s").json()["status"].get<std::string>();
    }));
  }
  const auto began = std::chrono::steady_clock::now();
  complete(run_next(), proved_addition().proof);
  for (auto& waiter : waiters) EXPECT_EQ(waiter.get(), "completed");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1900ms);  // by the hint, not by reading again
}

// Reads again so often that no hint is needed.
class RereadTest : public TaskTest {
 protected:
  void SetUp() override {
    options_.reread = 10ms;
    options_.heartbeat = 20ms;
    start();
  }
};

TEST_F(RereadTest, SendsHeartbeatsWhileNothingHappens) {
  const auto id = submit(kAddition);
  auto client = this->client();
  client.send("GET " + path_of(id) + "/events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("event: status\ndata: {\"task_id\""));
  EXPECT_THAT(client.read_until(": nothing new\n\n"), HasSubstr(": nothing new"));
}

TEST_F(RereadTest, TellsProgressThatComesWithoutHints) {
  publish(proved_addition());
  const auto id = submit(kAddition);
  const auto running = run_next();
  auto client = this->client();
  client.send("GET " + path_of(id) + "/events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("\"running\""));
  ASSERT_TRUE(store_->report_progress(kTerm, {{id, running.attempt, 0.5}}).ok());
  EXPECT_THAT(client.read_until("0.5}\n\n"), HasSubstr("event: progress"));
}

TEST_F(TaskTest, TellsEveryStateAsAnEvent) {
  publish(proved_addition());
  const auto id = submit(kAddition);
  auto client = this->client();
  client.send("GET " + path_of(id) + "/events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("\n\n"),
              AllOf(HasSubstr("text/event-stream"), HasSubstr("\"pending\"")));
  const auto running = run_next();
  EXPECT_THAT(client.read_until("running\""), HasSubstr("event: status"));
  complete(running, proved_addition().proof);
  EXPECT_THAT(client.read_until("0\r\n\r\n"), HasSubstr("\"status\":\"completed\""));
  EXPECT_EQ(this->client().get(path_of(id) + "/events").body.find("event: status"), 0U);
}

TEST_F(TaskTest, AnswersWhoWaitsWhenItStops) {
  const auto id = submit(kAddition);
  auto waiting = client();
  waiting.send("GET " + path_of(id) + "?wait=60s HTTP/1.1\r\nHost: a\r\n\r\n");
  auto following = client();
  following.send("GET " + path_of(id) + "/events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(following.read_until("\n\n"), HasSubstr("\"pending\""));

  const auto began = std::chrono::steady_clock::now();
  gateway_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
  EXPECT_TRUE(waiting.closed());
  EXPECT_TRUE(following.closed());
}

TEST_F(TaskTest, ListsNewestFirstPageByPage) {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 5; ++i) {
    clock_.advance(1ms);
    newest_first.insert(newest_first.begin(), submit(kAddition).to_string());
  }
  auto client = this->client();
  std::vector<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const auto page = client.get("/api/v1/proof?limit=2&cursor=" + cursor).json();
    for (const auto& task : page["tasks"]) seen.push_back(task["task_id"]);
    cursor = page.value("next_cursor", "");
    clock_.advance(1ms);
    submit(kAddition);  // does not disturb the pages that follow
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, newest_first);
}

TEST_F(TaskTest, ListsByStateAndCircuit) {
  publish(proved_addition());
  const auto id = submit(kAddition);
  complete(run_next(), proved_addition().proof);
  submit(R"({"circuit_type": "test", "public_inputs": [1]})");
  auto client = this->client();
  const auto list = [&](const std::string& query) {
    return client.get("/api/v1/proof" + query).json()["tasks"];
  };
  EXPECT_EQ(list("").size(), 2U);
  EXPECT_EQ(list("?status=&circuit_type=&limit=&cursor=").size(), 2U);
  ASSERT_EQ(list("?status=completed").size(), 1U);
  EXPECT_EQ(list("?status=completed")[0]["task_id"], id.to_string());
  EXPECT_FALSE(list("?status=completed")[0].contains("result"));
  EXPECT_EQ(list("?circuit_type=test")[0]["status"], "pending");
  EXPECT_EQ(list("?circuit_type=test&status=completed").size(), 0U);
  for (const char* query :
       {"?status=done", "?limit=0", "?limit=201", "?limit=x", "?limit=-1", "?cursor=x"}) {
    EXPECT_EQ(client.get(std::string("/api/v1/proof") + query).status, 400U) << query;
  }
}

}  // namespace
}  // namespace zkp::services::gateway
