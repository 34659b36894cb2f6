#include "network/store/postgres/migrations.h"
#include "network/store/postgres/postgres_artifacts.h"
#include "network/store/postgres/postgres_store.h"
#include "network/store/postgres/test_fixture.h"

// What several stores do to each other in one database, and what others see of it.
namespace zkp::network::store::postgres {
namespace {

using base::ErrorCode;
using task::Status;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr Term kOld{7}, kNew{8};

TEST_F(PostgresTest, TheCallsOfAnOldLeaderChangeNothing) {
  const auto old_store = open(), new_store = open();
  ok(old_store->take_leadership(kOld));
  const TaskId id = assigned_task(*old_store, kOld);
  Submission hurried = submission("test/2");
  hurried.options.deadline = 1s;
  ok(new_store->submit(hurried, kNoLimit));
  ok(new_store->submit(submission(), kNoLimit));
  now_ += 1s;
  ok(new_store->take_leadership(kNew));
  const auto state = [&] {
    return query(*outsider_, "SELECT string_agg(t::text, '|' ORDER BY t.id) FROM tasks t")
        .text(0, 0);
  };
  const std::string before = state();
  constexpr auto kFenced = ErrorCode::failed_precondition;
  const task::Failure failure{task::FailureCode::internal, "x"};
  EXPECT_EQ(code_of(old_store->take_leadership(kOld)), kFenced);
  EXPECT_EQ(code_of(old_store->claim(kOld, 10, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->assign(kOld, id, {1}, {"worker-2"}, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->start(kOld, id, {1}, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->report_progress(kOld, {{id, {1}, 0.5}})), kFenced);
  EXPECT_EQ(code_of(old_store->complete(kOld, id, {1}, {"{}", "[]"}, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->release(kOld, id, {1}, {now_}, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->fail(kOld, id, {1}, failure, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->fail_overdue(kOld, 10, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->publish_circuit(kOld, circuit("test/2"))), kFenced);
  EXPECT_EQ(code_of(old_store->fail_circuit(kOld, {"test/2"}, failure, now_)), kFenced);
  EXPECT_EQ(code_of(old_store->remove_finished(kOld, now_ + 1s, 10)), kFenced);
  EXPECT_EQ(state(), before);
  EXPECT_EQ(number("SELECT count(*) FROM circuits WHERE ready OR failure <> ''"), 1);
  EXPECT_EQ(ok(new_store->start(kNew, id, {1}, now_)), Outcome::applied);
}

// A transition that began under the old term does not end after a new one has begun.
TEST_F(PostgresTest, ANewLeaderDoesNotOvertakeATransition) {
  const auto old_store = open(), new_store = open();
  ok(old_store->take_leadership(kOld));
  const TaskId id = assigned_task(*old_store, kOld);
  run(*outsider_,
      fmt::format("BEGIN; SELECT FROM tasks WHERE id = '{}' FOR UPDATE", id.to_string()));
  std::optional<base::Result<Outcome>> late;
  std::jthread starting([&] { late.emplace(old_store->start(kOld, id, {1}, now_)); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  ok(new_store->take_leadership(kNew));
  const Status status_then = ok(new_store->find(id)).status;
  run(*outsider_, "ROLLBACK");
  starting.join();
  EXPECT_EQ(ok(new_store->find(id)).status, status_then);
  EXPECT_EQ(code_of(*late), ErrorCode::unavailable) << "its connection was ended";
  EXPECT_EQ(code_of(old_store->start(kOld, id, {1}, now_)), ErrorCode::failed_precondition);
}

TEST_F(PostgresTest, ALeaderThatStandsStillDoesNotKeepANewOneOut) {
  const auto store = open();
  const auto stopped = connect();
  run(*stopped, "BEGIN; SELECT fence(0)");
  const auto start = std::chrono::steady_clock::now();
  ok(store->take_leadership(kNew));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
  EXPECT_FALSE(stopped->script("COMMIT", 1s).ok());
}

TEST_F(PostgresTest, TheQueueNeverGrowsOverItsLimitThroughSeveralStores) {
  const std::vector<std::unique_ptr<Store>> stores = [&] {
    std::vector<std::unique_ptr<Store>> opened;
    for (int i = 0; i < 3; ++i) opened.push_back(open());
    return opened;
  }();
  std::vector<Submission> submissions;
  for (int i = 0; i < 120; ++i) submissions.push_back(submission());
  std::atomic<std::size_t> next = 0, accepted = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 9; ++i) {
      threads.emplace_back([&, i] {
        for (std::size_t mine = next++; mine < submissions.size(); mine = next++) {
          if (stores[i % 3]->submit(submissions[mine], 50).ok()) ++accepted;
        }
      });
    }
  }
  EXPECT_EQ(accepted, 50U);
  EXPECT_EQ(ok(stores[0]->counts()).pending, 50U);
  EXPECT_EQ(number("SELECT count(*) FROM tasks"), 50);
}

// A submission of another gateway's, not committed yet.
std::string submit_sql(int most_pending) {
  return fmt::format(
      "SELECT submit_task('00000000-0000-7000-8000-000000000001', 'test', 'test/2', '', 5, 3, 0, "
      "now(), NULL, NULL, '', {})",
      most_pending);
}

TEST_F(PostgresTest, NearTheLimitASubmissionWaitsForTheOthers) {
  const auto store = open();
  for (const int limit_of_the_other : {1, 100'000}) {
    run(*outsider_, "DELETE FROM tasks; BEGIN; " + submit_sql(limit_of_the_other));
    std::jthread submitting(
        [&] { EXPECT_EQ(code_of(store->submit(submission(), 1)), ErrorCode::resource_exhausted); });
    EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
    run(*outsider_, "COMMIT");
  }
}

TEST_F(PostgresTest, FarFromTheLimitNobodyWaits) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  ok(store->publish_circuit(kOld, circuit("test/2")));
  run(*outsider_, "BEGIN; " + submit_sql(100'000));
  EXPECT_TRUE(store->submit(submission("test/2"), 100'000).ok());
  run(*outsider_, "COMMIT");
  EXPECT_EQ(ok(store->counts()).pending, 2U);
}

TEST_F(PostgresTest, AClaimLeavesOutWhatAnotherIsChanging) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  ok(store->publish_circuit(kOld, circuit()));
  const Submission held = submission(), open_to_all = submission();
  ok(store->submit(held, kNoLimit));
  ok(store->submit(open_to_all, kNoLimit));
  run(*outsider_,
      fmt::format("BEGIN; SELECT FROM tasks WHERE id = '{}' FOR UPDATE", held.id.to_string()));
  const auto claimed = ok(store->claim(kOld, 10, now_));
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].task.id, open_to_all.id);
  run(*outsider_, "COMMIT");
  EXPECT_EQ(ok(store->claim(kOld, 10, now_)).size(), 1U);
}

TEST_F(PostgresTest, OneKeyMakesOneTaskThroughSeveralStores) {
  const auto one = open(), other = open();
  std::vector<Submission> submissions;
  for (int i = 0; i < 40; ++i) {
    submissions.push_back(submission());
    submissions.back().idempotency_key = fmt::format("key {}", i / 4);
  }
  std::atomic<int> created = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        for (std::size_t mine = i; mine < submissions.size(); mine += 4) {
          Store& store = i % 2 == 0 ? *one : *other;
          if (ok(store.submit(submissions[mine], kNoLimit)).created) ++created;
        }
      });
    }
  }
  EXPECT_EQ(created, 10);
}

TEST_F(PostgresTest, SeveralStoresClaimEachTaskOnceAndCountRight) {
  const auto one = open(), other = open();
  ok(one->take_leadership(kOld));
  ok(one->publish_circuit(kOld, circuit()));
  for (int i = 0; i < 100; ++i) ok(one->submit(submission(), kNoLimit));
  std::array<std::size_t, 2> taken{};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        Store& store = i == 0 ? *one : *other;
        for (auto some = ok(store.claim(kOld, 7, now_)); !some.empty();
             some = ok(store.claim(kOld, 7, now_))) {
          taken[i] += some.size();
          for (const auto& next : some) {
            ok(store.cancel(next.task.id, now_));
          }
        }
      });
    }
  }
  EXPECT_EQ(taken[0] + taken[1], 100U);
  const Counts counts = ok(other->counts());
  EXPECT_EQ(counts.pending, 0U);
  EXPECT_EQ(counts.assigned, 0U);
  EXPECT_EQ(counts.cancelled, 100U);
}

TEST_F(PostgresTest, ATaskOfACircuitThatIsBeingGivenUpMakesItWantedAgain) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  ok(store->submit(submission("test/2"), kNoLimit));
  const auto leader = connect();
  run(*leader, "BEGIN; SELECT fail_circuit(7, 'test/2', 'internal', 'why', now())");
  const Submission late = submission("test/2");
  std::jthread submitting([&] { ok(store->submit(late, kNoLimit)); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  run(*leader, "COMMIT");
  submitting.join();
  EXPECT_EQ(ok(store->find(late.id)).status, Status::pending);
  EXPECT_EQ(ok(store->wanted_circuits()).size(), 1U);
}

TEST_F(PostgresTest, ATaskThatIsBeingSubmittedFailsWithItsCircuit) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  ok(store->submit(submission("test/2"), kNoLimit));
  const auto gateway = connect();
  run(*gateway, "BEGIN; " + submit_sql(100));
  std::jthread giving_up(
      [&] { EXPECT_EQ(ok(store->fail_circuit(kOld, {"test/2"}, {}, now_)).size(), 2U); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  run(*gateway, "COMMIT");
}

// The answer to what is asked is lost: the server commits only after the client has given up.
class LostAnswerTest : public PostgresTest {
 protected:
  LostAnswerTest() {
    options_.call_timeout = 300ms;
    run(*outsider_, R"(
      CREATE FUNCTION forget_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);
        RETURN NULL;
      END $$;
      CREATE FUNCTION wait_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(1);
        RETURN NULL;
      END $$;
      CREATE TRIGGER forget_time AFTER INSERT OR UPDATE ON tasks EXECUTE FUNCTION forget_time();
      CREATE CONSTRAINT TRIGGER wait_at_the_end AFTER INSERT OR UPDATE ON tasks
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_the_end();)");
  }
  // Makes the call, whose answer is lost, and lets the server commit it.
  template <class Ask>
  void lose_answer(Ask ask) {
    run(*outsider_, "BEGIN; SELECT pg_advisory_xact_lock(1)");
    EXPECT_EQ(code_of(ask()), ErrorCode::unavailable);
    EXPECT_TRUE(somebody_waits());
    run(*outsider_, "COMMIT");
    EXPECT_TRUE(eventually([&] {
      return number(
                 "SELECT count(*) FROM pg_locks WHERE locktype = "
                 "'advisory' AND database = (SELECT oid FROM pg_database "
                 "WHERE datname = current_database())") == 0;
    }));
  }
};

TEST_F(LostAnswerTest, TheNextClaimHasTheTasksToo) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  const Submission lost = submission(), next = submission();
  ok(store->submit(lost, kNoLimit));
  ok(store->publish_circuit(kOld, circuit()));
  lose_answer([&] { return store->claim(kOld, 10, now_); });
  ok(store->submit(next, kNoLimit));
  EXPECT_EQ(ok(store->claim(kOld, 1, now_)).at(0).task.id, lost.id);
  const auto claimed = ok(store->claim(kOld, 10, now_));
  ASSERT_EQ(claimed.size(), 1U) << "each is handed over once";
  EXPECT_EQ(claimed[0].task.id, next.id);
  EXPECT_EQ(ok(store->find(lost.id)).attempt.value, 1U);
}

TEST_F(LostAnswerTest, TheNextSubmissionWithTheKeyIsTheSameTask) {
  const auto store = open();
  Submission wanted = submission();
  wanted.idempotency_key = "key";
  lose_answer([&] { return store->submit(wanted, kNoLimit); });
  Submission again = submission();
  again.idempotency_key = "key";
  const Submitted submitted = ok(store->submit(again, kNoLimit));
  EXPECT_FALSE(submitted.created);
  EXPECT_EQ(submitted.task.id, wanted.id);
}

TEST_F(PostgresTest, InputsAreGoneWithTheStatementThatEndsTheTask) {
  const auto store = open();
  const Submission wanted = submission();
  ok(store->submit(wanted, kNoLimit));
  EXPECT_EQ(number("SELECT count(*) FROM task_inputs WHERE sealed = 'sealed'"), 1);
  run(*outsider_, "UPDATE tasks SET status = 'cancelled', finished_at = now()");
  EXPECT_EQ(number("SELECT count(*) FROM task_inputs"), 0);
  EXPECT_EQ(code_of(store->sealed_inputs(wanted.id)), ErrorCode::not_found);
  EXPECT_EQ(ok(store->counts()).cancelled, 1U) << "whoever changes a task, it is counted";
}

TEST_F(PostgresTest, TheTasksTableIsWhatOthersAskFor) {
  const Submission wanted = submission();
  ok(open()->submit(wanted, kNoLimit));
  const std::string id = wanted.id.to_string();
  const Rows rows = query(
      *outsider_, fmt::format("SELECT id::text, status, circuit_type, to_char(created_at AT TIME "
                              "ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') FROM tasks WHERE id = '{}'",
                              id));
  EXPECT_EQ(rows.text(0, 0), id);
  EXPECT_EQ(rows.text(0, 1), "pending");
  EXPECT_EQ(rows.text(0, 2), "test");
  EXPECT_EQ(rows.text(0, 3), "2027-01-15 08:00:00.001");
}

TEST_F(PostgresTest, TextsThatTheDatabaseCannotHoldAreRefused) {
  const auto store = open();
  Submission nul = submission(), broken = submission();
  nul.idempotency_key = std::string("a\0b", 3);
  broken.circuit = {"test/\xff"};
  EXPECT_EQ(code_of(store->submit(nul, kNoLimit)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(store->submit(broken, kNoLimit)), ErrorCode::invalid_argument);
  EXPECT_EQ(ok(store->counts()).pending, 0U);
}

TEST_F(PostgresTest, TimesAndNumbersAtTheirEndsAreHeld) {
  const auto store = open();
  ok(store->take_leadership(kOld));
  const TaskId id = assigned_task(*store, kOld);
  const Store::Release release{base::Time::max(), std::nullopt, ~std::uint64_t{0}};
  EXPECT_EQ(ok(store->release(kOld, id, {1}, release, base::Time::min())), Outcome::applied);
  EXPECT_GT(ok(store->find(id)).not_before, now_ + 24h * 365 * 1000);
  EXPECT_THAT(ok(store->claim(kOld, ~std::size_t{0}, base::Time::min())), IsEmpty());
  EXPECT_EQ(ok(store->find(id)).memory_floor_bytes, ~std::uint64_t{0} >> 1U);
}

TEST_F(PostgresTest, StoresThatStartAtOnceMigrateOnce) {
  options_ = server().options(server().make_empty_database());
  std::atomic<int> opened = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto store = open_postgres_store(options_);
        EXPECT_TRUE(store.ok()) << store.error().message;
        if (store.ok() && (*store)->check().ok()) ++opened;
      });
    }
  }
  EXPECT_EQ(opened, 4);
}

TEST_F(PostgresTest, ADatabaseOfTheNextProgramIsUsedAsItIs) {
  const auto store = open();
  run(*outsider_, "ALTER TABLE tasks ADD COLUMN next_version text NOT NULL DEFAULT 'x'");
  run(*outsider_, "UPDATE schema_version SET version = version + 1");
  ok(store->check());
  const auto neighbour = open_postgres_store(options_);
  ASSERT_TRUE(neighbour.ok()) << neighbour.error().message;
  ok((*neighbour)->check());
  EXPECT_EQ(number("SELECT version FROM schema_version"),
            static_cast<std::int64_t>(migrations().size() + 1));
}

TEST_F(PostgresTest, ADatabaseThatWantsNewerProgramsIsRefused) {
  const auto store = open();
  ok(store->check());
  run(*outsider_, "ALTER TABLE schema_version ADD COLUMN least_known bigint NOT NULL DEFAULT 1000");
  run(*outsider_, "UPDATE schema_version SET version = 1001");
  EXPECT_EQ(code_of(store->check()), ErrorCode::failed_precondition);
  const auto refused = open_postgres_store(options_);
  EXPECT_EQ(code_of(refused), ErrorCode::failed_precondition);
  EXPECT_THAT(refused.error().message, HasSubstr("newer program"));
}

TEST_F(PostgresTest, AMigrationThatFailsLeavesNothing) {
  options_ = server().options(server().make_empty_database());
  outsider_ = connect();
  watcher_ = connect();
  run(*outsider_, "CREATE TABLE artifacts (x bigint)");  // in the way of the last one
  EXPECT_FALSE(open_postgres_store(options_).ok());
  EXPECT_EQ(number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM pg_proc WHERE proname = 'fence'"), 0);
  run(*outsider_, "DROP TABLE artifacts");
  ok(open()->check());
}

TEST_F(PostgresTest, AStoreThatIsOpenedAgainHasKeptEverything) {
  const Submission waiting = submission();
  {
    const auto store = open();
    ok(store->take_leadership(kOld));
    ok(store->submit(waiting, kNoLimit));
  }
  const auto store = open();
  EXPECT_EQ(ok(store->last_term()), kOld);
  EXPECT_EQ(ok(store->find(waiting.id)).status, Status::pending);
  EXPECT_EQ(ok(store->sealed_inputs(waiting.id)), waiting.sealed_inputs);
}

class PostgresArtifactsTest : public PostgresTest {
 protected:
  static std::string content(std::size_t size_bytes) {
    std::string bytes(size_bytes, ' ');
    for (std::size_t i = 0; i < size_bytes; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
    return bytes;
  }
  static std::string put(ArtifactStore& artifacts, std::string_view bytes) {
    const auto upload = ok(artifacts.begin());
    ok(upload->append(base::as_bytes(bytes)));
    return ok(upload->finish());
  }

  std::unique_ptr<ArtifactStore> artifacts_ = ok(open_postgres_artifacts(options_));
};

TEST_F(PostgresArtifactsTest, PiecesFitTogetherWhereverTheyAreCut) {
  constexpr std::size_t kChunk = 256 * 1024;
  for (const std::size_t size : {kChunk - 1, kChunk, kChunk + 1, 3 * kChunk, 3 * kChunk + 5}) {
    const std::string whole = content(size);
    const std::string digest = put(*artifacts_, whole);
    EXPECT_EQ(ok(artifacts_->size_bytes(digest)), size);
    for (const auto& [offset, most] : {std::pair<std::size_t, std::size_t>{0, size},
                                       {0, size + 1},
                                       {kChunk - 2, 4},
                                       {size - 1, 2},
                                       {1, kChunk}}) {
      EXPECT_TRUE(base::to_string(ok(artifacts_->read(digest, offset, most))) ==
                  whole.substr(offset, most))
          << size << " from " << offset;
    }
  }
}

TEST_F(PostgresArtifactsTest, WhatNobodyNeedsIsNotKept) {
  const std::string bytes = content(600'000);
  const auto other = ok(open_postgres_artifacts(options_));
  put(*artifacts_, bytes);
  put(*other, bytes);
  {
    ok(ok(artifacts_->begin())->append(base::as_bytes(bytes)));
  }
  EXPECT_EQ(number("SELECT count(*) FROM artifact_uploads"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM artifact_chunks"), 3);
}

TEST_F(PostgresArtifactsTest, InterruptedUploadsAreRemovedAfterADay) {
  const std::string digest = put(*artifacts_, "kept");
  run(*outsider_, "INSERT INTO artifact_uploads DEFAULT VALUES");
  run(*outsider_, "UPDATE artifact_uploads SET begun_at = now() - interval '25 hours'");
  run(*outsider_, "INSERT INTO artifact_uploads DEFAULT VALUES");
  const auto again = ok(open_postgres_artifacts(options_));
  EXPECT_EQ(number("SELECT count(*) FROM artifact_uploads"), 2);
  EXPECT_TRUE(again->size_bytes(digest).ok());
}

TEST_F(PostgresArtifactsTest, AMissingPieceIsDataLoss) {
  const std::string digest = put(*artifacts_, content(600'000));
  run(*outsider_, "DELETE FROM artifact_chunks WHERE number = 1");
  EXPECT_TRUE(artifacts_->read(digest, 0, 1000).ok());
  EXPECT_EQ(code_of(artifacts_->read(digest, 0, 600'000)), ErrorCode::data_loss);
}

}  // namespace
}  // namespace zkp::network::store::postgres
