#include <fstream>

#include "prover/iden3/formats.h"
#include "prover/iden3/zkey_layout.h"
#include "services/gateway/test_gateway.h"
#include "services/request/task_inputs.h"

namespace zkp::services::gateway {
namespace {

using network::task::Status;
using nlohmann::json;

std::string test_file(const std::string& path) {
  std::ifstream in(std::string(ZKP_SOURCE_DIR) + "/src/prover/" + path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Part {
  std::string name, content;
};
std::string multipart(const std::vector<Part>& parts) {
  std::string body;
  for (const auto& [name, content] : parts) {
    body += "--limit\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content +
            "\r\n";
  }
  return body + "--limit--\r\n";
}

class RegistrationTest : public GatewayTest {
 protected:
  network::http::TestReply put(const std::string& target, const std::vector<Part>& parts) {
    return client().request("PUT", target, multipart(parts),
                            {{"Content-Type", "multipart/form-data; boundary=limit"}});
  }
  // The files, one of them perhaps another.
  std::vector<Part> files(const std::string& changed = "", const std::string& content = "") {
    std::vector<Part> parts{{"r1cs", r1cs_}, {"wasm", wasm_}, {"zkey", zkey_}};
    for (Part& part : parts) {
      if (part.name == changed) part.content = content;
    }
    return parts;
  }
  // What the answer says of the part, the only one that is wrong.
  std::string refusal(const std::vector<Part>& parts, const std::string& part,
                      const std::string& target = "/api/v1/circuits/product") {
    const auto reply = put(target, parts);
    EXPECT_EQ(reply.status, 422U) << reply.body;
    const json errors = reply.json()["errors"];
    EXPECT_EQ(errors[0]["pointer"], "/" + part) << reply.body;
    EXPECT_EQ(store_->registered_circuits("", 10).value().size(), 0U);
    return errors[0]["detail"];
  }
  // The key with the point of its header at this place made another one.
  std::string with_header_point(std::size_t place, base::ByteView point) {
    const auto layout = prover::iden3::ZkeyLayout::parse(base::as_bytes(zkey_)).value();
    std::string changed = zkey_;
    const auto from = layout.header_points.data() - base::as_bytes(zkey_).data();
    std::copy(point.begin(), point.end(),
              changed.begin() + from + static_cast<std::ptrdiff_t>(place));
    return changed;
  }

  const std::string r1cs_ = test_file("iden3/testdata/product.r1cs"),
                    zkey_ = test_file("iden3/testdata/product.zkey"),
                    wasm_ = test_file("witness/testdata/weigh.wasm");
};

TEST_F(RegistrationTest, ACircuitIsRegisteredWithItsFiles) {
  const auto reply = put("/api/v1/circuits/product", files());
  ASSERT_EQ(reply.status, 201U) << reply.body;
  EXPECT_EQ(reply.header("Location"), "/api/v1/circuits/product@1");
  const json circuit = reply.json();
  EXPECT_EQ(circuit["circuit"], "product@1");
  EXPECT_EQ(circuit["circuit_type"], "product");
  EXPECT_EQ(circuit["status"], "trial");
  EXPECT_EQ(circuit["setup"], "ceremony");
  EXPECT_EQ(circuit["constraint_count"],
            prover::iden3::read_r1cs(base::as_bytes(r1cs_)).value().constraint_count());
  for (const auto& [member, file] :
       {std::pair("circuit_digest", &r1cs_), std::pair("key_digest", &zkey_),
        std::pair("program_digest", &wasm_)}) {
    const std::string digest = circuit[member];
    EXPECT_EQ(digest, base::digest_name(base::sha256(base::as_bytes(*file))));
    EXPECT_EQ(base::as_text(artifacts_->read(digest, 0, file->size()).value()), *file);
  }
  const auto key = client().get(circuit["verification_key"]);
  EXPECT_EQ(key.json(), json::parse(test_file("iden3/testdata/verification_key.json")));
  EXPECT_EQ(client().get("/api/v1/circuits/product/verification_key.json").json(), key.json());
}

TEST_F(RegistrationTest, TheSameFilesAreTheSameVersionAndOthersTheNext) {
  EXPECT_EQ(put("/api/v1/circuits/product", files()).status, 201U);
  clock_.advance(base::Duration(5));
  const auto again = put("/api/v1/circuits/product", files());
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.json()["circuit"], "product@1");
  const auto other =
      put("/api/v1/circuits/product", files("wasm", wasm_ + std::string("\0\x02\x01x", 4)));
  EXPECT_EQ(other.status, 201U) << other.body;
  EXPECT_EQ(other.json()["circuit"], "product@2");
  EXPECT_EQ(client().get("/api/v1/circuits/product").json()["versions"],
            json({"product@1", "product@2"}));
  EXPECT_EQ(client().get("/api/v1/circuits/product").json()["circuit"], "product@2");
  EXPECT_EQ(client().get("/api/v1/circuits/product@1").json()["circuit"], "product@1");
  EXPECT_EQ(client().get("/api/v1/circuits").json()["circuits"].back()["circuit"], "product@2");
}

TEST_F(RegistrationTest, AnExampleIsTheFirstTask) {
  auto parts = files();
  parts.push_back({"input", R"({"a": "3", "b": ["4", "5"]})"});
  const auto reply = put("/api/v1/circuits/product", parts);
  ASSERT_EQ(reply.status, 201U) << reply.body;
  const auto task = run_next();
  EXPECT_EQ(reply.json()["trial_task"], task.id.to_string());
  EXPECT_EQ(task.circuit.value, "product@1");
  const auto inputs = seal_.open(task.id, store_->sealed_inputs(task.id).value()).value();
  EXPECT_EQ(base::as_text(inputs.reveal()), parts.back().content);
  complete(task, {"{}", "[]"});
  EXPECT_EQ(client().get("/api/v1/circuits/product").json()["status"], "available");

  parts.back().content = R"({"a": 1.5})";
  const auto wrong = put("/api/v1/circuits/other", parts);
  EXPECT_EQ(wrong.status, 422U);
  EXPECT_EQ(wrong.json()["errors"][0]["pointer"], "/input/a");
}

TEST_F(RegistrationTest, ForgeableKeysAreRefused) {
  const auto key = prover::iden3::read_zkey_verifying_key(base::as_bytes(zkey_)).value();
  const auto bytes = [](const prover::curve::G2Affine& point) {
    return prover::iden3::bytes_of(std::span(&point, 1));
  };
  constexpr std::size_t kDelta2 = 3 * 64 + 2 * 128;
  const std::string gamma_is_delta = with_header_point(kDelta2, bytes(key.gamma2));
  EXPECT_NE(refusal(files("zkey", gamma_is_delta), "zkey").find("gamma equals delta"),
            std::string::npos);
  const std::string no_delta = test_file("iden3/testdata/product_0000.zkey");
  EXPECT_NE(refusal(files("zkey", no_delta), "zkey").find("could forge"), std::string::npos);
  const auto allowed =
      put("/api/v1/circuits/product?allow_insecure_setup=true", files("zkey", no_delta));
  EXPECT_EQ(allowed.status, 201U) << allowed.body;
  EXPECT_EQ(allowed.json()["setup"], "insecure");
}

TEST_F(RegistrationTest, DamagedFilesAreRefused) {
  EXPECT_NE(refusal(files("zkey", zkey_.substr(0, zkey_.size() - 1)), "zkey"), "");
  EXPECT_NE(refusal(files("r1cs", r1cs_.substr(0, r1cs_.size() / 2)), "r1cs"), "");
  EXPECT_NE(refusal(files("wasm", wasm_.substr(0, wasm_.size() / 2)), "wasm"), "");
  EXPECT_NE(refusal(files("wasm", ""), "wasm"), "");
  EXPECT_NE(refusal(files("r1cs", test_file("witness/testdata/weigh.r1cs")), "zkey"), "");

  std::string off_curve = zkey_;
  const auto layout = prover::iden3::ZkeyLayout::parse(base::as_bytes(zkey_)).value();
  off_curve[static_cast<std::size_t>(layout.b2.data() - base::as_bytes(zkey_).data())] ^= 1;
  EXPECT_EQ(refusal(files("zkey", off_curve), "zkey"), "zkey: B2[0] is not on its curve");

  std::string huge = zkey_;  // 2^32 - 1 wires
  const auto from =
      static_cast<std::size_t>(layout.header_points.data() - base::as_bytes(zkey_).data()) - 12;
  std::fill_n(huge.begin() + static_cast<std::ptrdiff_t>(from), 4, '\xff');
  EXPECT_NE(refusal(files("zkey", huge), "zkey"), "");
}

// Its proofs would be larger than what the network believes in.
TEST_F(RegistrationTest, ManyPublicSignalsAreRefused) {
  prover::circuit::ConstraintSystem system;
  system.public_input_count = request::kMostPublicSignals + 1;
  system.wire_count = system.label_count = system.public_input_count + 1;
  const prover::field::Fr one = prover::field::Fr::one();
  for (const auto& [matrix, wire] :
       {std::pair(&system.a, 1U), std::pair(&system.b, 0U), std::pair(&system.c, 1U)}) {
    matrix->terms.push_back({wire, one});
    matrix->row_start.push_back(1);
  }
  auto key = prover::groth16::setup(
                 system, {.kernels = prover::field::portable_kernels(), .random = random_})
                 .value();
  key.contributions = prover::iden3::initial_contributions(key);
  auto parts = files("r1cs", base::to_string(prover::iden3::write_r1cs(system)));
  parts[2].content = base::to_string(prover::iden3::write_zkey(key));
  EXPECT_EQ(refusal(parts, "zkey"), "the circuit has 8193 public signals, want at most 8192");
}

TEST_F(RegistrationTest, MissingAndUnknownPartsAreNamed) {
  auto parts = files();
  parts.erase(parts.begin() + 1);
  EXPECT_NE(refusal(parts, "wasm").find("missing"), std::string::npos);
  parts = files();
  parts.push_back({"ptau", "x"});
  refusal(parts, "ptau");
  parts.back() = {"r1cs", "x"};
  refusal(parts, "r1cs");
  EXPECT_EQ(
      client()
          .request("PUT", "/api/v1/circuits/product", "{}", {{"Content-Type", "application/json"}})
          .status,
      415U);
}

TEST_F(RegistrationTest, NamesAreChecked) {
  for (const char* name : {"merkle_tree", "1st", "a%20b", "a@1", "%2e"}) {
    EXPECT_EQ(put(std::string("/api/v1/circuits/") + name, files()).status, 400U) << name;
  }
  EXPECT_EQ(put("/api/v1/circuits/" + std::string(49, 'a'), files()).status, 400U);
}

TEST_F(RegistrationTest, TasksAreOfTheLatestVersionThatIsProven) {
  put("/api/v1/circuits/product", files());
  const std::string body = R"({"circuit_type": "product", "inputs": {"a": [["1"], [2]]}})";
  submit(body);
  auto task = run_next();
  EXPECT_EQ(task.circuit.value, "product@1");
  EXPECT_EQ(task.circuit_type, "product");
  complete(task, {"{}", "[]"});

  put("/api/v1/circuits/product", files("wasm", wasm_ + std::string("\0\x02\x01x", 4)));
  submit(body);
  task = run_next();
  EXPECT_EQ(task.circuit.value, "product@1");
  complete(task, {"{}", "[]"});
  submit(R"({"circuit_type": "product@2", "inputs": {"a": "1"}})");
  task = run_next();
  EXPECT_EQ(task.circuit.value, "product@2");
  complete(task, {"{}", "[]"});
  submit(body);
  EXPECT_EQ(run_next().circuit.value, "product@2");
}

TEST_F(RegistrationTest, ANameLeadsToAnInsecureKeyOnlyIfThereIsNoOther) {
  const std::string body = R"({"circuit_type": "product", "inputs": {"a": "1"}})";
  const std::string insecure = test_file("iden3/testdata/product_0000.zkey");
  put("/api/v1/circuits/product?allow_insecure_setup=true", files("zkey", insecure));
  submit(body);
  auto task = run_next();
  EXPECT_EQ(task.circuit.value, "product@1");
  complete(task, {"{}", "[]"});
  put("/api/v1/circuits/product", files());
  submit(body);
  EXPECT_EQ(run_next().circuit.value, "product@2");
}

TEST_F(RegistrationTest, AFullQueueDoesNotUndoTheRegistration) {
  options_.most_pending = 0;
  start();
  auto parts = files();
  parts.push_back({"input", R"({"a": "3"})"});
  const auto reply = put("/api/v1/circuits/product", parts);
  EXPECT_EQ(reply.status, 201U) << reply.body;
  EXPECT_FALSE(reply.json().contains("trial_task"));
  EXPECT_NE(reply.json()["trial_problem"].get<std::string>().find("waiting"), std::string::npos);
}

TEST_F(RegistrationTest, ACircuitThatFailedTakesNoTasks) {
  put("/api/v1/circuits/product", files());
  const std::string body = R"({"circuit_type": "product", "inputs": {"a": "1"}})";
  submit(body);
  const auto task = run_next();
  EXPECT_TRUE(store_
                  ->fail(kTerm, task.id, task.attempt,
                         {network::task::FailureCode::attempts_exhausted, "it does not verify"},
                         clock_.now())
                  .ok());
  const auto refused = client().post("/api/v1/proof", body);
  EXPECT_EQ(refused.status, 409U) << refused.body;
  EXPECT_NE(refused.body.find("it does not verify"), std::string::npos);
  EXPECT_EQ(client().get("/api/v1/circuits/product").json()["status"], "rejected");
  put("/api/v1/circuits/product", files());
  submit(body);
}

TEST_F(RegistrationTest, InputsOfACircuitAreCheckedAsNumbers) {
  put("/api/v1/circuits/product", files());
  const auto refused = [&](const std::string& inputs) {
    const auto reply =
        client().post("/api/v1/proof", R"({"circuit_type": "product", )" + inputs + "}");
    EXPECT_EQ(reply.status, 422U) << inputs << reply.body;
    return reply.json()["errors"][0]["pointer"].get<std::string>();
  };
  EXPECT_EQ(refused(R"("inputs": {"a": [["1", "x"]]})"), "/inputs/a/0/1");
  EXPECT_EQ(refused(R"("inputs": {"a": 1.5})"), "/inputs/a");
  EXPECT_EQ(refused(R"("inputs": {"a": -1})"), "/inputs/a");
  EXPECT_EQ(refused(R"("inputs": [1])"), "/inputs");
  EXPECT_EQ(refused(R"("public_inputs": ["1"])"), "/inputs");
  constexpr const char* kModulus =
      "21888242871839275222246405745257275088548364400416034343698204186575808495617";
  EXPECT_EQ(refused(std::string(R"("inputs": {"a": )") + kModulus + "}"), "/inputs/a");
}

TEST_F(RegistrationTest, AReadyWitnessIsATask) {
  put("/api/v1/circuits/product", files());
  const std::string witness = test_file("iden3/testdata/product.wtns");
  const auto post = [&](const std::vector<Part>& parts, const std::string& key = "") {
    std::vector<std::pair<std::string, std::string>> headers{
        {"Content-Type", "multipart/form-data; boundary=limit"}};
    if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
    return client().request("POST", "/api/v1/proof", multipart(parts), headers);
  };
  const Part task{"task", R"({"circuit_type": "product", "options": {"priority": 7}})"};
  const auto reply = post({task, {"witness", witness}}, "key");
  ASSERT_EQ(reply.status, 202U) << reply.body;
  EXPECT_EQ(post({{"witness", witness}, task}, "key").json()["task_id"], reply.json()["task_id"]);
  EXPECT_EQ(post({{"task", R"({"circuit_type": "product"})"}, {"witness", witness}}, "key").status,
            409U);
  const auto running = run_next();
  EXPECT_EQ(running.priority, 7);
  EXPECT_EQ(running.circuit.value, "product@1");
  const auto inputs = seal_.open(running.id, store_->sealed_inputs(running.id).value()).value();
  EXPECT_EQ(base::as_text(inputs.reveal()), witness);

  EXPECT_EQ(post({task, {"witness", witness.substr(1)}}).status, 422U);
  EXPECT_EQ(post({task}).status, 400U);
  EXPECT_EQ(post({task, {"witness", witness}, {"more", "x"}}).status, 422U);
  EXPECT_EQ(post({{"task", R"({"circuit_type": "product", "inputs": {}})"}, {"witness", witness}})
                .json()["errors"][0]["pointer"],
            "/inputs");
  EXPECT_EQ(post({{"task", R"({"circuit_type": "test/2"})"}, {"witness", witness}}).status, 202U);
}

}  // namespace
}  // namespace zkp::services::gateway
