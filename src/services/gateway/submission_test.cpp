#include "services/gateway/test_gateway.h"
#include "services/request/inputs_json.h"

namespace zkp::services::gateway {
namespace {

using SubmissionTest = GatewayTest;

constexpr const char* kPath = "/api/v1/proof";

TEST_F(SubmissionTest, AcceptsBothForms) {
  auto client = this->client();
  for (const char* body :
       {R"({"circuit_type": "merkle_tree", "public_inputs": ["1","2","3"],
            "private_inputs": ["secret1","secret2"]})",
        R"({"circuit_type": "range_proof", "inputs": {"value": 5, "salt": "7", "min": 1, "max": 9},
            "options": {"priority": 9, "deadline_s": 600, "max_attempts": 1}})"}) {
    const auto reply = client.post(kPath, body);
    ASSERT_EQ(reply.status, 202U) << reply.body;
    const auto task = reply.json();
    EXPECT_EQ(task["status"], "pending");
    EXPECT_EQ(task["attempts"], 0);
    EXPECT_EQ(task["progress"], 0.0);
    EXPECT_EQ(task["created_at"], base::to_rfc3339(clock_.now()));
    for (const char* unknown : {"result", "error", "worker_id", "assigned_at", "started_at",
                                "completed_at", "queue_ms", "prove_ms", "verification_key"}) {
      EXPECT_FALSE(task.contains(unknown)) << unknown;
    }
    const std::string location = reply.header("Location");
    EXPECT_EQ(location, "/api/v1/proof/" + task["task_id"].get<std::string>());
    EXPECT_EQ(client.get(location).json(), task);
    clock_.advance(base::Duration(1));  // ids sort by time
  }
  const auto tasks = store_->list({}).value();
  EXPECT_EQ(tasks[0].circuit.value, "range_proof");
  EXPECT_EQ(tasks[0].priority, 9);
  EXPECT_EQ(tasks[0].max_attempts, 1);
  EXPECT_EQ(tasks[0].deadline_at, tasks[0].created_at + std::chrono::seconds(600));
  EXPECT_EQ(tasks[1].circuit.value, "merkle_tree/3,2");
}

TEST_F(SubmissionTest, SealsTheInputsForItsTask) {
  const auto id = submit(R"({"circuit_type": "addition", "private_inputs": ["hidden", 4]})");
  const auto sealed = store_->sealed_inputs(id).value();
  EXPECT_EQ(base::as_text(sealed).find("hidden"), std::string_view::npos);
  const auto opened = seal_.open(id, sealed);
  ASSERT_TRUE(opened.ok());
  const auto inputs = request::parse_inputs(opened->reveal()).value();
  EXPECT_THAT(inputs.private_inputs, testing::ElementsAre("hidden", "4"));
}

struct BadBody {
  const char* name;
  std::string body;
  unsigned status;
  std::string pointer;  // of the first error; "-": there is none
};

const std::string kModulus =
    "21888242871839275222246405745257275088548364400416034343698204186575808495617";

std::string deep(std::size_t levels) {
  return R"({"circuit_type":"test","public_inputs":)" + std::string(levels, '[') +
         std::string(levels, ']') + "}";
}
std::string test_of(const std::string& inputs, const std::string& more = "") {
  return R"({"circuit_type":"test","public_inputs":[)" + inputs + "]" + more + "}";
}
std::string leaves(std::size_t count) {
  std::string list = "1";
  for (std::size_t i = 1; i < count; ++i) list += ",1";
  return list;
}

const std::vector<BadBody> kBadBodies = {
    {"no body", "", 400, "-"},
    {"not JSON", "hello", 400, "-"},
    {"cut off", R"({"circuit_type":)", 400, "-"},
    {"two values", "{} {}", 400, "-"},
    {"not UTF-8", "{\"circuit_type\":\"\xff\"}", 400, "-"},
    {"comment", "{} // no", 400, "-"},
    {"a list", "[]", 422, ""},
    {"a number", "7", 422, ""},
    {"empty object", "{}", 422, "/circuit_type"},
    {"type is a number", R"({"circuit_type":7,"public_inputs":[1]})", 422, "/circuit_type"},
    {"type is empty", R"({"circuit_type":"","public_inputs":[1]})", 422, "/circuit_type"},
    {"type is long", R"({"circuit_type":")" + std::string(65, 'a') + "\"}", 422, "/circuit_type"},
    {"unknown circuit", R"({"circuit_type":"merkel_tree","public_inputs":[1]})", 404,
     "/circuit_type"},
    {"unknown field", test_of("1", R"(,"publicInputs":[])"), 422, "/publicInputs"},
    {"pointer is escaped", test_of("1", R"(,"a/b~":1)"), 422, "/a~1b~0"},
    {"callbacks are not offered",
     test_of("1", R"(,"options":{"callback_url":"http://127.0.0.1/"})"), 422,
     "/options/callback_url"},
    {"options are a list", test_of("1", R"(,"options":[])"), 422, "/options"},
    {"priority too high", test_of("1", R"(,"options":{"priority":10})"), 422, "/options/priority"},
    {"priority negative", test_of("1", R"(,"options":{"priority":-1})"), 422, "/options/priority"},
    {"priority a float", test_of("1", R"(,"options":{"priority":1.0})"), 422, "/options/priority"},
    {"priority huge", test_of("1", R"(,"options":{"priority":18446744073709551616})"), 422,
     "/options/priority"},
    {"no attempts", test_of("1", R"(,"options":{"max_attempts":0})"), 422, "/options/max_attempts"},
    {"many attempts", test_of("1", R"(,"options":{"max_attempts":11})"), 422,
     "/options/max_attempts"},
    {"no time", test_of("1", R"(,"options":{"deadline_s":0})"), 422, "/options/deadline_s"},
    {"deadline a text", test_of("1", R"(,"options":{"deadline_s":"60"})"), 422,
     "/options/deadline_s"},
    {"deadline very late", test_of("1", R"(,"options":{"deadline_s":9223372036854775807})"), 422,
     "/options/deadline_s"},
    {"no inputs", R"({"circuit_type":"test"})", 422, ""},
    {"both forms", test_of("1", R"(,"inputs":{"x":[1]})"), 422, ""},
    {"inputs are no list", R"({"circuit_type":"test","public_inputs":1})", 422, "/public_inputs"},
    {"a float", test_of("1, 1.5"), 422, "/public_inputs/1"},
    {"a float without fraction", test_of("2.0"), 422, "/public_inputs/0"},
    {"an exponent", test_of("1e3"), 422, "/public_inputs/0"},
    {"a negative number", test_of("-1"), 422, "/public_inputs/0"},
    {"null", test_of("null"), 422, "/public_inputs/0"},
    {"a list in the list", test_of("1, [2]"), 422, "/public_inputs/1"},
    {"the modulus as a text", test_of("1, \"" + kModulus + "\""), 422, "/public_inputs/1"},
    {"the modulus as a number", test_of(kModulus), 422, "/public_inputs/0"},
    {"above the modulus", test_of("\"" + std::string(200, '9') + "\""), 422, "/public_inputs/0"},
    {"above it in hexadecimal", test_of("\"0x" + std::string(64, 'f') + "\""), 422,
     "/public_inputs/0"},
    {"too many values", test_of(leaves(1025)), 422, "/public_inputs"},
    {"no values", test_of(""), 422, "/public_inputs"},
    {"unknown input", R"({"circuit_type":"test","inputs":{"x":[1],"y":2}})", 422, "/inputs/y"},
    {"input is missing", R"({"circuit_type":"addition","inputs":{"a":1}})", 422, "/inputs/b"},
    {"wrong named value", R"({"circuit_type":"test","inputs":{"x":[1,")" + kModulus + "\"]}}", 422,
     "/inputs/x/1"},
    {"member twice", R"({"circuit_type":"test","circuit_type":"test"})", 422, "/circuit_type"},
    {"nested a little", deep(3), 422, "/public_inputs/0"},
};

TEST_F(SubmissionTest, RefusesBadBodiesAndPointsAtThePlace) {
  auto client = this->client();
  for (const BadBody& bad : kBadBodies) {
    const auto reply = client.post(kPath, bad.body);
    EXPECT_EQ(reply.status, bad.status) << bad.name << ": " << reply.body;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json") << bad.name;
    const auto problem = reply.json();
    if (bad.pointer == "-") {
      EXPECT_FALSE(problem.contains("errors")) << bad.name;
    } else {
      ASSERT_TRUE(problem.contains("errors")) << bad.name << ": " << reply.body;
      EXPECT_EQ(problem["errors"][0]["pointer"], bad.pointer) << bad.name;
    }
  }
  EXPECT_EQ(store_->counts()->pending, 0U);
}

TEST_F(SubmissionTest, RefusesDeepNestingWithoutFollowingIt) {
  auto client = this->client();
  for (const std::size_t levels : {std::size_t{100}, std::size_t{2'000'000}}) {
    EXPECT_EQ(client.post(kPath, deep(levels)).status, 422U) << levels;
  }
}

TEST_F(SubmissionTest, NamesTheNearestCircuit) {
  const auto reply = client().post(kPath, R"({"circuit_type":"merkel_tree","public_inputs":[1]})");
  EXPECT_THAT(reply.json()["detail"].get<std::string>(), testing::HasSubstr("'merkle_tree'"));
}

TEST_F(SubmissionTest, NamesEveryWrongPlace) {
  const auto reply = client().post(
      kPath, R"({"circuit_type":"test","x":1,"options":{"priority":-1,"deadline_s":0}})");
  EXPECT_EQ(reply.json()["errors"].size(), 3U);
}

TEST_F(SubmissionTest, TakesAsManyLeavesAsAllowed) {
  EXPECT_EQ(client().post(kPath, test_of(leaves(1024))).status, 202U);
}

TEST_F(SubmissionTest, WantsJsonByName) {
  auto client = this->client();
  const auto with = [&](const network::http::TestClient::Headers& headers) {
    return client.request("POST", kPath, kAddition, headers).status;
  };
  EXPECT_EQ(with({}), 415U);
  EXPECT_EQ(with({{"Content-Type", "text/plain"}}), 415U);
  EXPECT_EQ(with({{"Content-Type", "application/json-seq"}}), 415U);
  EXPECT_EQ(with({{"Content-Type", "Application/JSON ; charset=utf-8"}}), 202U);
}

TEST_F(SubmissionTest, RefusesABodyOverTheLimit) {
  const auto reply = client().post(kPath, std::string((5 << 20) + 1, ' '));
  EXPECT_EQ(reply.status, 413U);
  EXPECT_EQ(client().post(kPath, std::string(5 << 20, ' ')).status, 400U);
}

TEST_F(SubmissionTest, SaysWhenTheQueueIsFull) {
  options_.most_pending = 2;
  gateway_.reset();
  registry_ = std::make_shared<prometheus::Registry>();
  start();
  submit(kAddition);
  submit(kAddition);
  const auto reply = client().post(kPath, kAddition);
  EXPECT_EQ(reply.status, 429U);
  EXPECT_EQ(reply.header("Retry-After"), "1");
}

TEST_F(SubmissionTest, GivesTheSameTaskForTheSameKeyAndBody) {
  auto client = this->client();
  const std::string longest(255, 'k');
  const auto first = client.post(kPath, kAddition, {{"Idempotency-Key", longest}});
  const auto again = client.post(kPath, kAddition, {{"Idempotency-Key", longest}});
  EXPECT_EQ(first.status, 202U);
  EXPECT_EQ(again.status, 202U);
  EXPECT_EQ(again.json(), first.json());
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  const auto other = client.post(kPath, test_of("1"), {{"Idempotency-Key", longest}});
  EXPECT_EQ(other.status, 409U);
  EXPECT_NE(client.post(kPath, kAddition, {{"Idempotency-Key", "k2"}}).json()["task_id"],
            first.json()["task_id"]);
  EXPECT_EQ(store_->counts()->pending, 2U);
}

TEST_F(SubmissionTest, RefusesIdempotencyKeysThatAreNone) {
  auto client = this->client();
  for (const std::string& key :
       {std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9"), std::string()}) {
    EXPECT_EQ(client.post(kPath, kAddition, {{"Idempotency-Key", key}}).status, 400U) << key;
  }
}

TEST_F(SubmissionTest, KeepsPrivateInputsToItself) {
  // A marker in every place where an input may stand, right or wrong.
  const std::string marker = "PRIVATEMARKER";
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::string seen;
  auto client = this->client();
  for (
      const std::string& body :
      {R"({"circuit_type":"addition","private_inputs":["PRIVATEMARKER","1"]})",
       R"({"circuit_type":"addition","private_inputs":["PRIVATEMARKER",1.5]})",
       R"({"circuit_type":"addition","inputs":{"a":"PRIVATEMARKER","b":["PRIVATEMARKER"]}})",
       R"({"circuit_type":"addition","private_inputs":["PRIVATEMARKER")",
       R"({"circuit_type":"addition","private_inputs":"PRIVATEMARKER"})",
       R"({"circuit_type":"addition","private_inputs":["PRIVATEMARKER"],"options":"PRIVATEMARKER"})",
       R"({"circuit_type":"PRIVATEMARKER","private_inputs":["PRIVATEMARKER"]})"}) {
    const auto reply = client.post(kPath, body);
    seen += reply.body;
    if (reply.status == 202) seen += client.get(reply.header("Location")).body;
  }
  seen += client.get(kPath).body + client.get("/metrics").body;
  seen += testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  EXPECT_THAT(seen, testing::HasSubstr("POST /api/v1/proof 202"));
  EXPECT_THAT(seen, Not(testing::HasSubstr(marker)));
}

}  // namespace
}  // namespace zkp::services::gateway
