#include <atomic>
#include <csignal>
#include <map>
#include <set>

#include <sys/socket.h>
#include <sys/un.h>

#include "network/store/postgres/test_fixture.h"

// Servers that go, hang and come back, under load.
namespace zkp::network::store::postgres {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

constexpr Term kTerm{7};

// Clients and a leader that never stop, and what they were told.
class Load {
 public:
  Load(Store& store, int clients) : store_(store) {
    EXPECT_TRUE(store_.take_leadership(kTerm).ok());
    EXPECT_TRUE(store_.publish_circuit(kTerm, circuit()).ok());
    for (int i = 0; i < clients; ++i)
      threads_.emplace_back([this, i](const std::stop_token& stop) { submit(stop, i); });
    threads_.emplace_back([this](const std::stop_token& stop) { lead(stop); });
  }
  void stop() {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
  }

  [[nodiscard]] std::size_t accepted() const { return accepted_count_; }
  [[nodiscard]] std::size_t completed() const { return completed_count_; }
  [[nodiscard]] std::size_t failures() const { return failures_; }
  // Codes other than `unavailable` that calls have failed with.
  [[nodiscard]] std::size_t other_failures() const { return other_failures_; }

  // Once stopped: is all there that was acknowledged, and once?
  void check(Store& store) const {
    for (const auto& [id, key] : accepted_) EXPECT_TRUE(store.find(id).ok()) << key;
    for (const TaskId& id : completed_) {
      const auto task = store.find(id);
      ASSERT_TRUE(task.ok());
      EXPECT_EQ(task->status, task::Status::completed);
      const auto attempts = store.attempts_of(id);
      ASSERT_TRUE(attempts.ok());
      EXPECT_EQ(std::ranges::count(*attempts, "completed", &Store::AttemptRecord::outcome), 1);
    }
    std::set<std::string> keys;
    for (const auto& [id, key] : accepted_) EXPECT_TRUE(keys.insert(key).second) << key;
  }

 private:
  static Circuit circuit() {
    Circuit circuit;
    circuit.id = {"test/1"};
    circuit.circuit_type = "test";
    return circuit;
  }
  void note(const base::Error& error) {
    ++failures_;
    if (error.code != ErrorCode::unavailable) {
      ++other_failures_;
      ADD_FAILURE() << error.message;
    }
  }

  // Asks again with the same key until it is told that the task is there.
  void submit(const std::stop_token& stop, int client) {
    base::SystemRandom random;
    const base::SystemClock clock;
    for (int i = 0; !stop.stop_requested(); ++i) {
      Submission submission;
      submission.circuit_type = "test";
      submission.circuit = {"test/1"};
      submission.idempotency_key = fmt::format("{}-{}", client, i);
      while (!stop.stop_requested()) {
        submission.now = clock.now();
        submission.id = TaskId::make(submission.now, random);
        const auto submitted = store_.submit(submission, 10'000'000);
        if (!submitted) {
          note(submitted.error());
          continue;
        }
        const std::lock_guard lock(mutex_);
        accepted_[submitted->task.id] = submission.idempotency_key;
        ++accepted_count_;
        break;
      }
    }
  }
  void lead(const std::stop_token& stop) {
    const base::SystemClock clock;
    while (!stop.stop_requested()) {
      const auto claimed = store_.claim(kTerm, 4, clock.now());
      if (!claimed) note(claimed.error());
      if (!claimed) continue;
      for (const ClaimedTask& next : *claimed) finish(next.task, clock.now());
    }
  }
  void finish(const task::Task& task, base::Time now) {
    const auto assigned = store_.assign(kTerm, task.id, task.attempt, {"worker"}, now);
    if (!assigned) return note(assigned.error());
    const auto completed = store_.complete(kTerm, task.id, task.attempt, {"{}", "[]"}, now);
    if (!completed) return note(completed.error());
    EXPECT_EQ(*completed, Outcome::applied);
    completed_.push_back(task.id);
    ++completed_count_;
  }

  Store& store_;
  std::mutex mutex_;
  std::map<TaskId, std::string> accepted_;
  std::vector<TaskId> completed_;
  std::atomic<std::size_t> accepted_count_ = 0, completed_count_ = 0, failures_ = 0,
                           other_failures_ = 0;
  std::vector<std::jthread> threads_;
};

class FaultsTest : public PostgresTest {
 protected:
  // Both clients and leader get something done from now on.
  static void expect_progress(const Load& load) {
    const std::size_t accepted = load.accepted(), completed = load.completed();
    EXPECT_TRUE(eventually(
        [&] { return load.accepted() > accepted + 20 && load.completed() > completed; }));
  }
};

TEST_F(FaultsTest, AServerThatFailsLosesNothingThatWasAcknowledged) {
  const auto store = open();
  Load load(*store, 4);
  for (int round = 0; round < 3; ++round) {
    expect_progress(load);
    const std::size_t failures = load.failures();
    ASSERT_TRUE(server().crash());
    EXPECT_TRUE(eventually([&] { return load.failures() > failures + 4; }));
    EXPECT_EQ(code_of(store->counts()), ErrorCode::unavailable);
    EXPECT_EQ(code_of(store->check()), ErrorCode::unavailable);
    ASSERT_TRUE(server().start_again());
  }
  expect_progress(load);
  load.stop();
  EXPECT_EQ(load.other_failures(), 0U);
  load.check(*store);
  watcher_ = connect();
  EXPECT_EQ(number("SELECT count(*) - count(DISTINCT idempotency_key) FROM tasks"), 0);
  EXPECT_EQ(number("SELECT sum(tasks)::bigint - (SELECT count(*) FROM tasks) FROM task_counts"), 0);
}

TEST_F(FaultsTest, ConnectionsThatAreCutLoseNothingThatWasAcknowledged) {
  const auto store = open();
  Load load(*store, 4);
  for (int round = 0; round < 20; ++round) {
    const std::size_t accepted = load.accepted();
    EXPECT_TRUE(eventually([&] { return load.accepted() > accepted; }));
    cut();
  }
  expect_progress(load);
  load.stop();
  EXPECT_GT(load.failures(), 0U);
  EXPECT_EQ(load.other_failures(), 0U);
  load.check(*store);
}

TEST_F(FaultsTest, AServerThatHangsIsUnavailable) {
  options_.call_timeout = 300ms;
  const auto store = open();
  ok(store->submit(submission(), kNoLimit));
  EXPECT_EQ(ok(store->counts()).pending, 1U);
  std::vector<pid_t> backends;
  const Rows rows = query(*outsider_,
                          "SELECT pid FROM pg_stat_activity WHERE datname = "
                          "current_database() AND application_name <> 'test'");
  for (int i = 0; i < rows.count(); ++i) backends.push_back(static_cast<pid_t>(rows.number(i, 0)));
  EXPECT_GE(backends.size(), 2U);
  for (const pid_t backend : backends) ASSERT_EQ(::kill(backend, SIGSTOP), 0);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(store->submit(submission(), kNoLimit)), ErrorCode::unavailable);
  EXPECT_EQ(code_of(store->counts()), ErrorCode::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_TRUE(store->submit(submission(), kNoLimit).ok()) << "on another connection";
  for (const pid_t backend : backends) EXPECT_EQ(::kill(backend, SIGCONT), 0);
}

TEST_F(FaultsTest, AServerThatAcceptsAndSaysNothingIsUnavailable) {
  std::string name = testing::TempDir() + "silent_XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name.data());
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder / ".s.PGSQL.5432").string();
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::ranges::copy(path, address.sun_path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(listener, reinterpret_cast<::sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  const auto start = std::chrono::steady_clock::now();
  const auto opened = open_postgres_store({.connection = "dbname=a host=" + folder.string()});
  EXPECT_EQ(code_of(opened), ErrorCode::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 8s);
  ::close(listener);
  std::filesystem::remove_all(folder);
}

TEST_F(FaultsTest, AStandbyIsUnavailable) {
  const auto store = open();
  ok(store->submit(submission(), kNoLimit));
  run(*outsider_,
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only "
      "= on', current_database()); END $$");
  cut();
  EXPECT_TRUE(eventually([&] {
    const auto refused = store->submit(submission(), kNoLimit);
    return !refused.ok() && refused.error().message.find("read-only") != std::string::npos &&
           refused.error().code == ErrorCode::unavailable;
  }));
  run(*outsider_,
      "SET default_transaction_read_only = off; DO $$ BEGIN EXECUTE format('ALTER "
      "DATABASE %I RESET ALL', current_database()); END $$");
  EXPECT_TRUE(eventually([&] { return store->submit(submission(), kNoLimit).ok(); }));
}

}  // namespace
}  // namespace zkp::network::store::postgres
