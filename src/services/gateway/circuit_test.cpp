#include "services/gateway/test_gateway.h"

namespace zkp::services::gateway {
namespace {

using nlohmann::json;

class CircuitTest : public GatewayTest {
 protected:
  static const ProvedCircuit& proved_test(std::size_t count) {
    static const ProvedCircuit one = prove_circuit("test", {.public_inputs = {"5"}});
    static const ProvedCircuit two = prove_circuit("test", {.public_inputs = {"5", "6"}});
    return count == 1 ? one : two;
  }
  static json claim_of(const std::string& type, const ProvedCircuit& made) {
    return {{"circuit_type", type},
            {"proof", json::parse(made.proof.proof_json)},
            {"public_signals", json::parse(made.proof.public_signals_json)}};
  }
  network::http::TestReply verify(const json& claim) {
    return client().post("/api/v1/verify", claim.dump());
  }
};

TEST_F(CircuitTest, ShowsTheCatalogue) {
  publish(proved_addition());
  const auto circuits = client().get("/api/v1/circuits").json()["circuits"];
  ASSERT_EQ(circuits.size(), 6U);
  for (const auto& family : circuits) {
    const std::string type = family["circuit_type"];
    EXPECT_FALSE(family["statement"].get<std::string>().empty()) << type;
    EXPECT_FALSE(family["public_signals"].empty()) << type;
    EXPECT_FALSE(family["inputs"].empty()) << type;
    EXPECT_GT(family["example"]["constraint_count"], 0) << type;
    EXPECT_EQ(client().get("/api/v1/circuits/" + type).json(), family) << type;
  }
}

TEST_F(CircuitTest, ShowsKeysAndWantedKeys) {
  publish(proved_addition());
  submit(R"({"circuit_type": "test", "public_inputs": [1, 2]})");
  const auto addition = client().get("/api/v1/circuits/addition").json()["circuits"];
  ASSERT_EQ(addition.size(), 1U);
  EXPECT_EQ(addition[0]["circuit"], "addition");
  EXPECT_EQ(addition[0]["ready"], true);
  EXPECT_EQ(addition[0]["setup"], "development");
  EXPECT_EQ(addition[0]["constraint_count"], 1);
  EXPECT_EQ(addition[0]["circuit_digest"], proved_addition().circuit.circuit_digest);
  EXPECT_EQ(addition[0]["key_digest"], proved_addition().circuit.key_digest);

  const json wanted{{"circuit", "test/2"}, {"ready", false}};
  EXPECT_EQ(client().get("/api/v1/circuits/test").json()["circuits"], json::array({wanted}));
  for (const char* name : {"test/2", "test%2F2", "test?shape=2", "test?shape=test/2"}) {
    EXPECT_EQ(client().get(std::string("/api/v1/circuits/") + name).json(), wanted) << name;
  }
}

TEST_F(CircuitTest, SaysThatThereIsNoSuchCircuit) {
  for (const char* name : {"merkel_tree", "merkel_tree/1,2", "test/0", "test/x", "test/1", "test/",
                           "test/1025", "merkle_tree/3", "%00", "test%2F1%2F1"}) {
    for (const char* rest : {"", "/verification_key.json", "/verifier.sol"}) {
      const std::string path = std::string("/api/v1/circuits/") + name + rest;
      EXPECT_EQ(client().get(path).status, 404U) << path;
    }
  }
  EXPECT_THAT(client().get("/api/v1/circuits/merkel_tree").json()["detail"].get<std::string>(),
              testing::HasSubstr("'merkle_tree'"));
}

TEST_F(CircuitTest, HandsOutKeysAndVerifiers) {
  const auto& one = proved_test(1);
  publish(one);
  const std::string key = one.circuit.verification_key_json;
  for (const std::string& path :
       {std::string("circuits/test"), std::string("circuits/test/1"),
        std::string("circuits/test%2F1"), "keys/" + one.circuit.key_digest}) {
    const auto reply = client().get("/api/v1/" + path + "/verification_key.json");
    EXPECT_EQ(reply.status, 200U) << path;
    EXPECT_EQ(reply.body, key) << path;
    const auto verifier = client().get("/api/v1/" + path + "/verifier.sol");
    EXPECT_EQ(verifier.status, 200U) << path;
    EXPECT_THAT(verifier.body, testing::HasSubstr("function verifyProof")) << path;
  }
  EXPECT_EQ(client().get("/api/v1/keys/sha256:00/verification_key.json").status, 404U);
  EXPECT_EQ(client().get("/api/v1/keys/sha256:00/verifier.sol").status, 404U);
}

TEST_F(CircuitTest, AsksWhichOfSeveralKeys) {
  publish(proved_test(1));
  publish(proved_test(2));
  const std::string path = "/api/v1/circuits/test/verification_key.json";
  EXPECT_EQ(client().get(path).status, 400U);
  EXPECT_EQ(client().get(path + "?shape=2").body, proved_test(2).circuit.verification_key_json);
  EXPECT_EQ(client().get(path + "?shape=3").status, 404U);
}

TEST_F(CircuitTest, VerifiesByTheNetworksKey) {
  publish(proved_addition());
  const json claim = claim_of("addition", proved_addition());
  const auto reply = verify(claim);
  EXPECT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(reply.json()["verified"], true);

  json other = claim;
  other["public_signals"][0] = "8";
  EXPECT_EQ(verify(other).json()["verified"], false);
  EXPECT_EQ(verify(other).json()["reason"], "the pairing equation does not hold");
  json off_curve = claim;
  off_curve["proof"]["pi_a"][0] = "5";
  EXPECT_EQ(verify(off_curve).json()["verified"], false);
  json more = claim;
  more["public_signals"].push_back("1");
  EXPECT_EQ(verify(more).json()["verified"], false);
}

TEST_F(CircuitTest, VerifiesByFamilyAndById) {
  publish(proved_test(1));
  publish(proved_test(2));
  for (const std::size_t count : {1U, 2U}) {
    EXPECT_EQ(verify(claim_of("test", proved_test(count))).json()["verified"], true);
    EXPECT_EQ(
        verify(claim_of("test/" + std::to_string(count), proved_test(count))).json()["verified"],
        true);
  }
  EXPECT_EQ(verify(claim_of("test/2", proved_test(1))).json()["verified"], false);
  json none = claim_of("test", proved_test(1));
  none["public_signals"] = {"1", "2", "3"};
  EXPECT_EQ(verify(none).json()["verified"], false);
}

TEST_F(CircuitTest, CannotVerifyWithoutAKey) {
  const auto reply = verify(claim_of("addition", proved_addition()));
  EXPECT_EQ(reply.status, 404U);
  EXPECT_EQ(reply.json()["errors"][0]["pointer"], "/circuit_type");
  EXPECT_EQ(verify(claim_of("additoin", proved_addition())).status, 404U);
}

TEST_F(CircuitTest, PointsAtWhatIsWrongInAClaim) {
  publish(proved_addition());
  const json claim = claim_of("addition", proved_addition());
  const auto pointer_of = [&](const std::string& pointer, const json& value) {
    json changed = claim;
    changed[json::json_pointer(pointer)] = value;
    const auto reply = verify(changed);
    EXPECT_EQ(reply.status, 422U) << pointer << ": " << reply.body;
    return reply.json()["errors"][0]["pointer"].get<std::string>();
  };
  const std::string modulus =
      "21888242871839275222246405745257275088548364400416034343698204186575808495617";
  EXPECT_EQ(pointer_of("/public_signals/0", modulus), "/public_signals/0");
  EXPECT_EQ(pointer_of("/public_signals/0", 7), "/public_signals/0");
  EXPECT_EQ(pointer_of("/public_signals", "7"), "/public_signals");
  EXPECT_EQ(pointer_of("/proof", nullptr), "/proof");
  EXPECT_EQ(pointer_of("/proof/pi_a/0", "x"), "/proof/pi_a/0");
  EXPECT_EQ(pointer_of("/proof/pi_b", json::array()), "/proof/pi_b");
  EXPECT_EQ(pointer_of("/proof/protocol", "plonk"), "/proof/protocol");
  EXPECT_EQ(pointer_of("/circuit_type", 7), "/circuit_type");
  EXPECT_EQ(pointer_of("/extra", 7), "/extra");
  EXPECT_EQ(client().post("/api/v1/verify", "{").status, 400U);
  EXPECT_EQ(client().post("/api/v1/verify", "{}").json()["errors"].size(), 3U);
  EXPECT_EQ(client().request("POST", "/api/v1/verify", claim.dump()).status, 415U);
}

}  // namespace
}  // namespace zkp::services::gateway
