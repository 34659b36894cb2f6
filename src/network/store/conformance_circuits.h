#pragma once

#include "network/store/conformance_fixture.h"

// Circuits: wanted, made once, or failed.
namespace zkp::network::store {

using base::ErrorCode;
using task::Status;
using testing::ElementsAre;
using testing::IsEmpty;

inline std::vector<std::string> names_of(const std::vector<Circuit>& circuits) {
  std::vector<std::string> names;
  for (const Circuit& circuit : circuits) names.push_back(circuit.id.value);
  return names;
}

TEST_P(StoreConformance, ATaskMakesItsCircuitWanted) {
  const Submission first = submission("test/2");
  submit(first);
  submit(submission("test/2"));
  submit(submission("addition/1"));
  EXPECT_THAT(names_of(ok(store_->wanted_circuits())), ElementsAre("addition/1", "test/2"));
  const Circuit wanted = ok(store_->find_circuit({"test/2"}));
  EXPECT_EQ(wanted.circuit_type, "test");
  EXPECT_FALSE(wanted.ready);
  EXPECT_EQ(wanted.created_at, first.now);
  EXPECT_EQ(wanted.failure, "");
  EXPECT_EQ(code_of(store_->find_circuit({"test/3"})), ErrorCode::not_found);
}

TEST_P(StoreConformance, APublishedCircuitIsKept) {
  const Submission wanted = submission("test/2");
  submit(wanted);
  Circuit made = circuit("test/2", "sha256:a");
  made.ready = false;  // it is ready because it is published
  made.created_at = now_;
  EXPECT_TRUE(ok(store_->publish_circuit(kTerm, made)).ready);
  for (const Circuit& found :
       {ok(store_->find_circuit({"test/2"})), ok(store_->find_circuit_by_key("sha256:a"))}) {
    EXPECT_EQ(found.id.value, "test/2");
    EXPECT_EQ(found.circuit_type, "test");
    EXPECT_TRUE(found.ready);
    EXPECT_EQ(found.circuit_digest, made.circuit_digest);
    EXPECT_EQ(found.key_digest, "sha256:a");
    EXPECT_EQ(found.verification_key_json, made.verification_key_json);
    EXPECT_EQ(found.setup_kind, made.setup_kind);
    EXPECT_EQ(found.constraint_count, made.constraint_count);
    EXPECT_EQ(found.memory_bytes, made.memory_bytes);
    EXPECT_EQ(found.created_at, wanted.now);
  }
  EXPECT_THAT(ok(store_->wanted_circuits()), IsEmpty());
  EXPECT_EQ(code_of(store_->find_circuit_by_key("sha256:b")), ErrorCode::not_found);
  EXPECT_EQ(code_of(store_->find_circuit_by_key("")), ErrorCode::not_found);
}

TEST_P(StoreConformance, TheFirstWriterOfACircuitWins) {
  EXPECT_EQ(ok(store_->publish_circuit(kTerm, circuit("test/1", "sha256:a"))).key_digest,
            "sha256:a");
  EXPECT_EQ(ok(store_->publish_circuit(kTerm, circuit("test/1", "sha256:b"))).key_digest,
            "sha256:a");
  EXPECT_EQ(ok(store_->find_circuit({"test/1"})).key_digest, "sha256:a");
}

TEST_P(StoreConformance, CircuitsOfATypeAreListed) {
  publish("test/2");
  submit(submission("test/1"));
  publish("merkle_tree/1,1");
  EXPECT_THAT(names_of(ok(store_->circuits_of("test"))), ElementsAre("test/1", "test/2"));
  EXPECT_THAT(ok(store_->circuits_of("addition")), IsEmpty());
}

TEST_P(StoreConformance, ACircuitThatNobodyCanMakeFailsItsTasks) {
  const std::vector<TaskId> ids = {submit(submission("test/2")), submit(submission("test/2"))};
  const TaskId other = submit(submission("test/3"));
  const task::Failure failure{task::FailureCode::internal, "no worker is large enough"};
  EXPECT_THAT(ok(store_->fail_circuit(kTerm, {"test/2"}, failure, now_)),
              testing::UnorderedElementsAreArray(ids));
  for (const TaskId& id : ids) {
    EXPECT_EQ(find(id).status, Status::failed);
    ASSERT_TRUE(find(id).failure.has_value());
    EXPECT_EQ(find(id).failure->message, failure.message);
    EXPECT_EQ(find(id).finished_at, now_);
    EXPECT_EQ(code_of(store_->sealed_inputs(id)), ErrorCode::not_found);
  }
  EXPECT_EQ(find(other).status, Status::pending);
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, failure.message);
  EXPECT_THAT(names_of(ok(store_->wanted_circuits())), ElementsAre("test/3"));

  submit(submission("test/2"));
  EXPECT_THAT(names_of(ok(store_->wanted_circuits())), ElementsAre("test/2", "test/3"));
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, "");
}

TEST_P(StoreConformance, AFailureWithoutAMessageIsNotedToo) {
  submit(submission("test/2"));
  ok(store_->fail_circuit(kTerm, {"test/2"}, {task::FailureCode::out_of_memory, ""}, now_));
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, "out_of_memory");
  EXPECT_THAT(ok(store_->wanted_circuits()), IsEmpty());
}

TEST_P(StoreConformance, ACircuitThatFailedCanStillBeMade) {
  submit(submission("test/2"));
  ok(store_->fail_circuit(kTerm, {"test/2"}, kFailure, now_));
  publish("test/2");
  EXPECT_TRUE(ok(store_->find_circuit({"test/2"})).ready);
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, "");
}

TEST_P(StoreConformance, ACircuitThatIsReadyCannotFail) {
  publish("test/2");
  const TaskId id = submit(submission("test/2"));
  EXPECT_THAT(ok(store_->fail_circuit(kTerm, {"test/2"}, kFailure, now_)), IsEmpty());
  EXPECT_THAT(ok(store_->fail_circuit(kTerm, {"test/3"}, kFailure, now_)), IsEmpty());
  EXPECT_EQ(find(id).status, Status::pending);
  EXPECT_EQ(ok(store_->find_circuit({"test/2"})).failure, "");
}

inline Circuit registered(const std::string& circuit_type, const std::string& key) {
  Circuit circuit;
  circuit.circuit_type = circuit_type;
  circuit.circuit_digest = "sha256:r1cs";
  circuit.key_digest = key;
  circuit.program_digest = "sha256:wasm";
  circuit.verification_key_json = "{}";
  circuit.setup_kind = "ceremony";
  circuit.constraint_count = 12;
  circuit.memory_bytes = std::uint64_t{5} << 32;
  circuit.created_at = base::from_unix_ms(1'800'000'000'000);
  return circuit;
}

TEST_P(StoreConformance, ARegisteredCircuitIsReadyAtOnce) {
  const Circuit asked = registered("vote", "sha256:a");
  const Circuit made = ok(store_->register_circuit(asked));
  for (const Circuit& circuit :
       {made, ok(store_->find_circuit({"vote@1"})), ok(store_->find_circuit_by_key("sha256:a"))}) {
    EXPECT_EQ(circuit.id.value, "vote@1");
    EXPECT_EQ(circuit.circuit_type, "vote");
    EXPECT_EQ(circuit.version, 1U);
    EXPECT_TRUE(circuit.ready);
    EXPECT_FALSE(circuit.proven);
    EXPECT_EQ(circuit.circuit_digest, asked.circuit_digest);
    EXPECT_EQ(circuit.key_digest, asked.key_digest);
    EXPECT_EQ(circuit.program_digest, asked.program_digest);
    EXPECT_EQ(circuit.verification_key_json, asked.verification_key_json);
    EXPECT_EQ(circuit.setup_kind, asked.setup_kind);
    EXPECT_EQ(circuit.constraint_count, asked.constraint_count);
    EXPECT_EQ(circuit.memory_bytes, asked.memory_bytes);
    EXPECT_EQ(circuit.created_at, asked.created_at);
    EXPECT_EQ(circuit.failure, "");
  }
  const TaskId id = submit(submission("vote@1"));
  EXPECT_EQ(claim(), std::vector{id});
  EXPECT_THAT(ok(store_->wanted_circuits()), IsEmpty());
}

TEST_P(StoreConformance, OtherFilesAreTheNextVersion) {
  EXPECT_EQ(ok(store_->register_circuit(registered("vote", "sha256:1"))).id.value, "vote@1");
  EXPECT_EQ(ok(store_->register_circuit(registered("mint", "sha256:1"))).id.value, "mint@1");
  for (int version = 2; version <= 11; ++version) {
    const std::string key = "sha256:" + std::to_string(version);
    EXPECT_EQ(ok(store_->register_circuit(registered("vote", key))).id.value,
              "vote@" + std::to_string(version));
  }
  EXPECT_EQ(ok(store_->register_circuit(registered("vote", "sha256:4"))).id.value, "vote@4");
  EXPECT_EQ(ok(store_->circuits_of("vote")).back().id.value, "vote@11");
  EXPECT_EQ(ok(store_->circuits_of("vote")).size(), 11U);
}

TEST_P(StoreConformance, TheLatestVersionsAreListed) {
  publish("test/1");
  for (const char* key : {"sha256:1", "sha256:2"}) {
    for (const char* name : {"vote", "Mint", "mint"}) {
      ok(store_->register_circuit(registered(name, key)));
    }
  }
  EXPECT_THAT(names_of(ok(store_->registered_circuits("", 10))),
              ElementsAre("Mint@2", "mint@2", "vote@2"));
  EXPECT_THAT(names_of(ok(store_->registered_circuits("", 2))), ElementsAre("Mint@2", "mint@2"));
  EXPECT_THAT(names_of(ok(store_->registered_circuits("mint", 2))), ElementsAre("vote@2"));
  EXPECT_THAT(ok(store_->registered_circuits("vote", 2)), IsEmpty());
}

TEST_P(StoreConformance, AVerifiedProofProvesACircuit) {
  ok(store_->register_circuit(registered("vote", "sha256:a")));
  const TaskId id = submit(submission("vote@1"));
  claim();
  assign(id, 1);
  EXPECT_FALSE(ok(store_->find_circuit({"vote@1"})).proven);
  EXPECT_EQ(complete(id, 1), Outcome::applied);
  EXPECT_TRUE(ok(store_->find_circuit({"vote@1"})).proven);
  EXPECT_EQ(find(id).key_digest, "sha256:a");
}

TEST_P(StoreConformance, ACircuitIsJudgedByAFailureOfManyAttemptsUntilItIsProven) {
  ok(store_->register_circuit(registered("vote", "sha256:a")));
  const auto failure_after = [&](const task::Failure& failure, int max_attempts = 3) {
    Submission asked = submission("vote@1");
    asked.options.max_attempts = max_attempts;
    const TaskId id = submit(asked);
    EXPECT_EQ(claim(), std::vector{id});
    assign(id, 1);
    EXPECT_EQ(ok(store_->fail(kTerm, id, {1}, failure, now_)), Outcome::applied);
    return ok(store_->find_circuit({"vote@1"})).failure;
  };
  using task::FailureCode;
  EXPECT_EQ(failure_after({FailureCode::unsatisfied, "line 3"}), "");
  EXPECT_EQ(failure_after({FailureCode::invalid_input, "no such signal"}), "");
  EXPECT_EQ(failure_after({FailureCode::witness_error, "took too long"}), "");
  EXPECT_EQ(failure_after({FailureCode::internal, "a damaged record"}), "");
  EXPECT_EQ(failure_after({FailureCode::attempts_exhausted, "a broken disk"}, 2), "");
  EXPECT_EQ(failure_after({FailureCode::attempts_exhausted, "does not verify"}), "does not verify");
  EXPECT_EQ(failure_after({FailureCode::attempts_exhausted, ""}, 10), "attempts_exhausted");

  EXPECT_EQ(ok(store_->register_circuit(registered("vote", "sha256:a"))).failure, "");
  EXPECT_EQ(failure_after({FailureCode::attempts_exhausted, "again"}), "again");
  const TaskId id = submit(submission("vote@1"));
  claim();
  assign(id, 1);
  EXPECT_EQ(complete(id, 1), Outcome::applied);
  EXPECT_EQ(ok(store_->find_circuit({"vote@1"})).failure, "");
  EXPECT_EQ(failure_after({FailureCode::attempts_exhausted, "a broken disk"}), "");
}

}  // namespace zkp::network::store
