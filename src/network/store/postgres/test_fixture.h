#pragma once

#include <deque>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/store/postgres/postgres_store.h"
#include "network/store/postgres/test_environment.h"

namespace zkp::network::store::postgres {

// A database, stores that share it, and somebody who looks at it with SQL.
class PostgresTest : public testing::Test {
 protected:
  static constexpr std::size_t kNoLimit = 1'000'000;

  // Waits for what another thread or process is about to do.
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
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

  [[nodiscard]] std::unique_ptr<Store> open() const { return ok(open_postgres_store(options_)); }
  // With more patience than a store has.
  [[nodiscard]] std::unique_ptr<Connection> connect() const {
    PostgresOptions patient = options_;
    patient.call_timeout = std::chrono::seconds(60);
    patient.connection += " application_name=test";
    return ok(Connection::open(patient));
  }
  static void run(Connection& connection, const std::string& sql) {
    ok(connection.script(sql.c_str(), std::chrono::seconds(20)));
  }
  static Rows query(Connection& connection, const std::string& sql) {
    static std::deque<std::string> kept;  // a statement's texts outlive its connection
    const std::string& name = kept.emplace_back(fmt::format("query_{}", kept.size()));
    return ok(connection.query({name.c_str(), kept.emplace_back(sql).c_str()}));
  }
  // The first column of the first row, a bigint.
  static std::int64_t number(Connection& connection, const std::string& sql) {
    return query(connection, sql).number(0, 0);
  }
  std::int64_t number(const std::string& sql) const { return number(*watcher_, sql); }
  // Ends the sessions of this database for which the condition holds, but its own; how many.
  std::int64_t cut(const std::string& condition = "true") const {
    return number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
        "current_database() AND application_name <> 'test' AND " +
        condition);
  }
  // Is a session of this database waiting for a lock?
  [[nodiscard]] bool somebody_waits() const {
    return number(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event_type = 'Lock'") > 0;
  }

  Submission submission(const std::string& circuit = "test/1") {
    now_ += std::chrono::milliseconds(1);
    Submission submission;
    submission.id = TaskId::make(now_, random_);
    submission.circuit_type = circuit.substr(0, circuit.find('/'));
    submission.circuit = {circuit};
    submission.sealed_inputs = base::to_bytes("sealed");
    submission.now = now_;
    return submission;
  }
  static Circuit circuit(const std::string& id = "test/1") {
    Circuit circuit;
    circuit.id = {id};
    circuit.circuit_type = "test";
    circuit.key_digest = "sha256:key";
    return circuit;
  }
  // A task that `term` has claimed and given to a worker.
  TaskId assigned_task(Store& store, Term term) {
    const Submission wanted = submission();
    ok(store.submit(wanted, kNoLimit));
    ok(store.publish_circuit(term, circuit()));
    EXPECT_GE(ok(store.claim(term, kNoLimit, now_)).size(), 1U);
    EXPECT_EQ(ok(store.assign(term, wanted.id, {1}, {"worker-1"}, now_)), Outcome::applied);
    return wanted.id;
  }

  base::SeededRandom random_{1};
  base::Time now_ = base::from_unix_ms(1'800'000'000'000);
  PostgresOptions options_ = new_database();
  // One to take locks with, one to look at what comes of it.
  std::unique_ptr<Connection> outsider_ = connect(), watcher_ = connect();
};

}  // namespace zkp::network::store::postgres
