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

}  // namespace zkp::network::store
