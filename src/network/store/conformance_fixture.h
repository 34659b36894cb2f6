#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/store/store.h"

// What the conformance suite's tests share: a fresh store, and the common steps of a task's way.
namespace zkp::network::store {

struct Driver {
  std::string name;
  // A new, empty store; `folder` is empty, and is removed after the store.
  std::function<std::unique_ptr<Store>(const std::filesystem::path& folder)> open;
};

class StoreConformance : public testing::TestWithParam<Driver> {
 protected:
  static constexpr Term kTerm{7};
  static constexpr std::size_t kNoLimit = 1'000'000;

  StoreConformance() {
    std::string name = testing::TempDir() + "store_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    store_ = GetParam().open(folder_);
    EXPECT_TRUE(store_->take_leadership(kTerm).ok());
  }
  ~StoreConformance() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Calls of which a test is not about succeed.
  template <class T>
  static T ok(base::Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().message;
    return std::move(result).value();
  }
  static void ok(base::Status status) { EXPECT_TRUE(status.ok()) << status.error().message; }
  template <class T>
  static base::ErrorCode code_of(const base::Result<T>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? base::ErrorCode::internal : result.error().code;
  }

  Submission submission(const std::string& circuit = "test/1") {
    now_ += std::chrono::milliseconds(1);
    Submission submission;
    submission.id = TaskId::make(now_, random_);
    submission.circuit_type = circuit.substr(0, circuit.find_first_of("/@"));
    submission.circuit = {circuit};
    submission.sealed_inputs = base::to_bytes("sealed " + submission.id.to_string());
    submission.now = now_;
    return submission;
  }
  TaskId submit(const Submission& submission) {
    return ok(store_->submit(submission, kNoLimit)).task.id;
  }
  TaskId submit() { return submit(submission()); }
  task::Task find(const TaskId& id) { return ok(store_->find(id)); }

  static Circuit circuit(const std::string& id, const std::string& key = "sha256:key") {
    Circuit circuit;
    circuit.id = {id};
    circuit.circuit_type = id.substr(0, id.find('/'));
    circuit.circuit_digest = "sha256:r1cs";
    circuit.key_digest = key;
    circuit.verification_key_json = "{}";
    circuit.setup_kind = "development";
    circuit.constraint_count = 12;
    circuit.memory_bytes = std::uint64_t{5} << 32;
    return circuit;
  }
  void publish(const std::string& id = "test/1") {
    ok(store_->publish_circuit(kTerm, circuit(id)));
  }

  std::vector<TaskId> claim(std::size_t limit = 100) {
    std::vector<TaskId> ids;
    for (const auto& claimed : ok(store_->claim(kTerm, limit, now_))) {
      ids.push_back(claimed.task.id);
    }
    return ids;
  }
  // A task on its way: its circuit has a key, and no other task may be waiting.
  TaskId claimed_task() {
    const TaskId id = submit();
    publish();
    EXPECT_EQ(claim(), std::vector{id});
    return id;
  }
  TaskId assigned_task() {
    const TaskId id = claimed_task();
    EXPECT_EQ(assign(id, 1), Outcome::applied);
    return id;
  }
  TaskId running_task() {
    const TaskId id = assigned_task();
    EXPECT_EQ(start(id, 1), Outcome::applied);
    return id;
  }
  // A task whose first attempt was given up.
  TaskId released_task() {
    const TaskId id = running_task();
    EXPECT_EQ(release(id, 1, {.not_before = now_}), Outcome::applied);
    return id;
  }

  Outcome assign(const TaskId& id, std::uint64_t attempt, const std::string& worker = "worker-1") {
    return ok(store_->assign(kTerm, id, {attempt}, {worker}, now_));
  }
  Outcome start(const TaskId& id, std::uint64_t attempt) {
    return ok(store_->start(kTerm, id, {attempt}, now_));
  }
  Outcome complete(const TaskId& id, std::uint64_t attempt) {
    return ok(store_->complete(kTerm, id, {attempt}, kProof, now_));
  }
  Outcome release(const TaskId& id, std::uint64_t attempt, const Store::Release& release) {
    return ok(store_->release(kTerm, id, {attempt}, release, now_));
  }
  Outcome fail(const TaskId& id, std::uint64_t attempt) {
    return ok(store_->fail(kTerm, id, {attempt}, kFailure, now_));
  }
  void cancel(const TaskId& id) { ok(store_->cancel(id, now_)); }
  std::vector<Store::AttemptRecord> attempts(const TaskId& id) {
    return ok(store_->attempts_of(id));
  }

  inline static const task::Proof kProof{R"({"pi_a":["1"]})", R"(["1","2"])"};
  inline static const task::Failure kFailure{task::FailureCode::unsatisfied, "constraint 3"};

  base::SeededRandom random_{1};
  base::Time now_ = base::from_unix_ms(1'800'000'000'000);
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace zkp::network::store
