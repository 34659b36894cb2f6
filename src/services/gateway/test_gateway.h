#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "base/seal.h"
#include "base/sha256.h"
#include "network/http/test_client.h"
#include "network/store/memory/memory_artifacts.h"
#include "network/store/memory/memory_store.h"
#include "prover/circuit/catalogue.h"
#include "prover/groth16/prove.h"
#include "prover/iden3/formats.h"
#include "services/gateway/gateway.h"

// A running gateway over the store in memory, and a test that plays the leader and its workers.
namespace zkp::services::gateway {

class TestClock final : public base::Clock {
 public:
  [[nodiscard]] base::Time now() const override { return base::from_unix_ms(now_ms_); }
  void advance(base::Duration by) { now_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ms_ = 1'700'000'000'000;
};

class TestCluster final : public ClusterView {
 public:
  [[nodiscard]] ClusterState cluster() const override {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  void set(ClusterState state) {
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }

 private:
  mutable std::mutex mutex_;
  ClusterState state_;
};

// A circuit with a key, and a proof by it.
struct ProvedCircuit {
  network::store::Circuit circuit;
  network::task::Proof proof;
};

// Makes a key for the circuit that these inputs ask for, and proves.
inline ProvedCircuit prove_circuit(const char* type, const prover::circuit::Inputs& inputs) {
  namespace circuit = prover::circuit;
  namespace groth16 = prover::groth16;
  base::SystemRandom random;
  const auto& kernels = prover::field::portable_kernels();
  const auto shape = circuit::shape_of(type, inputs).value();
  const auto system = circuit::build(shape).value();
  const auto witness = circuit::solve(shape, inputs).value();
  const auto key = groth16::setup(system, {.kernels = kernels, .random = random}).value();
  const auto proof = groth16::prove(key, witness, {.kernels = kernels, .random = random}).value();

  ProvedCircuit made;
  made.circuit.id = {shape.id()};
  made.circuit.circuit_type = type;
  made.circuit.ready = true;
  made.circuit.circuit_digest = "sha256:" + std::string(64, 'c');
  made.circuit.key_digest = base::digest_name(base::sha256(base::as_bytes(shape.id())));
  made.circuit.verification_key_json = prover::iden3::write_verification_key_json(key.verifying);
  made.circuit.setup_kind = "development";
  made.circuit.constraint_count = system.constraint_count();
  made.proof = {prover::iden3::write_proof_json(proof),
                prover::iden3::write_public_json(groth16::public_signals_of(key, witness).value())};
  return made;
}

// 3 + 4 = 7.
inline const ProvedCircuit& proved_addition() {
  static const ProvedCircuit made = prove_circuit("addition", {.private_inputs = {"3", "4"}});
  return made;
}

class GatewayTest : public testing::Test {
 protected:
  static constexpr const char* kAddition =
      R"({"circuit_type": "addition", "private_inputs": ["3", "4"]})";

  GatewayTest() {
    options_.listen = "127.0.0.1:0";
    options_.version = "1.2.3";
    options_.store_threads = 4;
    cluster_.set({.leader_id = "coordinator-1", .term = 1});
    EXPECT_TRUE(store_->take_leadership(kTerm).ok());
  }

  void start() {
    auto gateway =
        Gateway::start(options_, {*store_, *artifacts_, seal_, cluster_,
                                  prover::field::portable_kernels(), clock_, random_, *registry_});
    ASSERT_TRUE(gateway.ok()) << gateway.error().message;
    gateway_ = *std::move(gateway);
  }
  void SetUp() override { start(); }

  network::http::TestClient client() { return network::http::TestClient(gateway_->address()); }

  // Submits and gives the id.
  network::task::TaskId submit(const std::string& body) {
    const auto reply = client().post("/api/v1/proof", body);
    EXPECT_EQ(reply.status, 202U) << reply.body;
    return network::task::TaskId::parse(reply.json()["task_id"].get<std::string>()).value();
  }

  void publish(const ProvedCircuit& made) {
    EXPECT_TRUE(store_->publish_circuit(kTerm, made.circuit).ok());
  }
  // The next task starts to run on worker-1.
  network::task::Task run_next() {
    auto claimed = store_->claim(kTerm, 1, clock_.now());
    EXPECT_TRUE(claimed.ok() && claimed->size() == 1);
    const auto task = claimed->at(0).task;
    EXPECT_TRUE(store_->assign(kTerm, task.id, task.attempt, {"worker-1"}, clock_.now()).ok());
    clock_.advance(base::Duration(3));
    EXPECT_TRUE(store_->start(kTerm, task.id, task.attempt, clock_.now()).ok());
    return task;
  }
  void complete(const network::task::Task& task, const network::task::Proof& proof) {
    clock_.advance(base::Duration(41));
    EXPECT_TRUE(store_->complete(kTerm, task.id, task.attempt, proof, clock_.now()).ok());
  }

  static constexpr network::task::Term kTerm{1};
  Gateway::Options options_;
  std::unique_ptr<network::store::Store> store_ = network::store::make_memory_store();
  std::unique_ptr<network::store::ArtifactStore> artifacts_ =
      network::store::make_memory_artifacts();
  const request::InputSeal seal_{base::SecretBytes(base::kSealKeyBytes)};
  TestCluster cluster_;
  TestClock clock_;
  base::SystemRandom random_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace zkp::services::gateway
