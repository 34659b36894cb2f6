#include <csignal>
#include <fstream>
#include <sqlite3.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include "network/store/conformance.h"
#include "network/store/sqlite/file_artifacts.h"
#include "network/store/sqlite/migrations.h"
#include "network/store/sqlite/sqlite_store.h"

namespace zkp::network::store {
namespace {

using sqlite::Connection;
using sqlite::Query;

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance,
                         testing::Values(Driver{"sqlite", [](const auto& folder) {
                                                  return open_sqlite_store(folder).value();
                                                }}));
INSTANTIATE_TEST_SUITE_P(Files, ArtifactConformance,
                         testing::Values(ArtifactDriver{
                             "files", [](const auto& folder) {
                               return open_file_artifacts(folder).value();
                             }}));

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    std::string name = testing::TempDir() + "sqlite_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "zkp.db"; }
  [[nodiscard]] std::unique_ptr<Store> open() const { return open_sqlite_store(folder_).value(); }
  [[nodiscard]] base::ErrorCode open_error() const {
    const auto store = open_sqlite_store(folder_);
    EXPECT_FALSE(store.ok());
    return store.ok() ? base::ErrorCode::internal : store.error().code;
  }
  Submission submission() {
    now_ += std::chrono::milliseconds(1);
    Submission submission;
    submission.id = TaskId::make(now_, random_);
    submission.circuit_type = "test";
    submission.circuit = {"test/1"};
    submission.now = now_;
    return submission;
  }
  // What somebody reads who opens the file with SQLite's own tools.
  [[nodiscard]] std::unique_ptr<Connection> outsider() const {
    return Connection::open(file(), Connection::Mode::write).value();
  }

  base::SeededRandom random_{1};
  base::Time now_ = base::from_unix_ms(1'800'000'000'000);
  std::filesystem::path folder_;
};

TEST_F(SqliteTest, AStoreThatIsOpenedAgainHasKeptEverything) {
  const Submission wanted = submission(), waiting = submission();
  {
    const auto store = open();
    ASSERT_TRUE(store->take_leadership({5}).ok());
    ASSERT_TRUE(store->submit(wanted, 10).ok());
    Circuit circuit;
    circuit.id = wanted.circuit;
    circuit.key_digest = "sha256:a";
    ASSERT_TRUE(store->publish_circuit({5}, circuit).ok());
    ASSERT_EQ(store->claim({5}, 1, now_)->size(), 1U);
    ASSERT_EQ(*store->assign({5}, wanted.id, {1}, {"w"}, now_), Outcome::applied);
    ASSERT_EQ(*store->complete({5}, wanted.id, {1}, {"{}", "[]"}, now_), Outcome::applied);
    ASSERT_TRUE(store->submit(waiting, 10).ok());
  }
  const auto store = open();
  EXPECT_EQ(store->last_term()->value, 5U);
  EXPECT_EQ(store->find(wanted.id)->status, task::Status::completed);
  EXPECT_EQ(store->find(wanted.id)->proof->proof_json, "{}");
  EXPECT_EQ(store->attempts_of(wanted.id)->at(0).outcome, "completed");
  EXPECT_EQ(store->find_circuit_by_key("sha256:a")->id.value, "test/1");
  EXPECT_EQ(store->claim({5}, 1, now_)->at(0).task.id, waiting.id);
  EXPECT_EQ(store->counts()->completed, 1U);
}

TEST_F(SqliteTest, WhatWasAcknowledgedSurvivesTheProcess) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = open();
    for (int i = 0; i < 20; ++i) {
      const Submission next = submission();
      const std::string id = next.id.to_string();
      if (!store->submit(next, 100).ok()) ::_exit(1);
      if (::write(pipe[1], id.data(), id.size()) != 36) ::_exit(1);
    }
    ::_exit(0);  // without a destructor
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  ASSERT_EQ(state, 0);
  const auto store = open();
  std::string id(36, ' ');
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(::read(pipe[0], id.data(), id.size()), 36);
    EXPECT_TRUE(store->find(TaskId::parse(id).value()).ok());
  }
  EXPECT_EQ(store->counts()->pending, 20U);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(SqliteTest, AFolderServesOneProcess) {
  auto store = open();
  const auto second = open_sqlite_store(folder_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, base::ErrorCode::unavailable);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
  store.reset();
  EXPECT_TRUE(open_sqlite_store(folder_).ok());
}

TEST_F(SqliteTest, AFileOfANewerProgramIsRefused) {
  (void)open();
  ASSERT_TRUE(outsider()->execute("PRAGMA user_version = 1000").ok());
  const auto store = open_sqlite_store(folder_);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, base::ErrorCode::failed_precondition);
  EXPECT_NE(store.error().message.find("newer program"), std::string::npos);
}

TEST_F(SqliteTest, CheckSeesAnotherSchema) {
  const auto store = open();
  EXPECT_TRUE(store->check().ok());
  ASSERT_TRUE(outsider()->execute("PRAGMA user_version = 1000").ok());
  EXPECT_EQ(store->check().error().code, base::ErrorCode::failed_precondition);
}

TEST_F(SqliteTest, AMigrationThatFailsLeavesNothing) {
  ASSERT_TRUE(outsider()->execute("CREATE TABLE attempts (x)").ok());  // in the way
  EXPECT_FALSE(open_sqlite_store(folder_).ok());
  const auto connection = outsider();
  Query query(*connection, "SELECT count(*) FROM sqlite_schema");
  ASSERT_TRUE(query.next().ok());
  EXPECT_EQ(query.number(0), 1);
}

TEST_F(SqliteTest, DamagedBytesAreDataLoss) {
  std::ofstream(file()) << std::string(8192, 'x');
  EXPECT_EQ(open_error(), base::ErrorCode::data_loss);
}

TEST_F(SqliteTest, DamagedPagesAreDataLoss) {
  const Submission wanted = submission();
  EXPECT_TRUE(open()->submit(wanted, 10).ok());
  std::vector<std::int64_t> pages;
  {
    const auto connection = outsider();
    Query query(*connection, "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'tasks'");
    while (query.next().value()) pages.push_back(query.number(0));
  }
  std::fstream out(file(), std::ios::binary | std::ios::in | std::ios::out);
  for (const std::int64_t page : pages) {
    if (page == 0) continue;  // a trigger's
    out.seekp((page - 1) * 4096);
    out << std::string(4096, '\xff');
  }
  out.close();
  const auto store = open();
  EXPECT_EQ(store->find(wanted.id).error().code, base::ErrorCode::data_loss);
  EXPECT_EQ(store->submit(submission(), 10).error().code, base::ErrorCode::data_loss);
}

TEST_F(SqliteTest, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_ / "taken") << "a file";
  EXPECT_FALSE(open_sqlite_store(folder_ / "taken").ok());
  EXPECT_FALSE(open_file_artifacts(folder_ / "taken").ok());
  std::filesystem::create_directory(file());
  EXPECT_EQ(open_error(), base::ErrorCode::unavailable);
}

TEST_F(SqliteTest, AFullDiskIsAnErrorAndNotTheEnd) {
  const auto store = open();
  Submission large = submission();
  large.sealed_inputs.resize(1 << 20);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ::rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const ::rlimit little{.rlim_cur = 600'000, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
  const auto refused = store->submit(large, 10);
  const auto artifacts = open_file_artifacts(folder_ / "artifacts").value();
  const auto upload = artifacts->begin().value();
  const auto appended = upload->append(large.sealed_inputs);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_FALSE(refused.ok());
  EXPECT_FALSE(appended.ok());
  EXPECT_EQ(store->find(large.id).error().code, base::ErrorCode::not_found);
  EXPECT_TRUE(store->submit(large, 10).ok());
  EXPECT_EQ(store->sealed_inputs(large.id)->size(), large.sealed_inputs.size());
}

TEST_F(SqliteTest, ErasedInputsAreNowhereInTheFiles) {
  const auto store = open();
  for (const std::size_t repeats : {1U, 5000U}) {  // in its page, and on pages of its own
    Submission secret = submission();
    for (std::size_t i = 0; i < repeats; ++i) {
      const auto marker = base::as_bytes("planted-marker");
      secret.sealed_inputs.insert(secret.sealed_inputs.end(), marker.begin(), marker.end());
    }
    ASSERT_TRUE(store->submit(secret, 10).ok());
    ASSERT_TRUE(outsider()->empty_log().ok());
    EXPECT_NE(content_of(file()).find("planted-marker"), std::string::npos);
    ASSERT_TRUE(store->cancel(secret.id, now_).ok());
    ASSERT_TRUE(outsider()->empty_log().ok());
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      EXPECT_EQ(content_of(entry.path()).find("planted-marker"), std::string::npos) << entry.path();
    }
  }
}

TEST_F(SqliteTest, TheTasksTableIsWhatOthersAskFor) {
  const Submission wanted = submission();
  const auto store = open();
  ASSERT_TRUE(store->submit(wanted, 10).ok());
  const auto connection = outsider();
  const std::string id = wanted.id.to_string();
  Query query(*connection, "SELECT id, status, circuit_type, created_at FROM tasks WHERE id = ?");
  ASSERT_TRUE(query.bind(id).next().value());
  EXPECT_EQ(query.text(0), id);
  EXPECT_EQ(query.text(1), "pending");
  EXPECT_EQ(query.text(2), "test");
  EXPECT_EQ(query.time(3), wanted.now);
}

TEST_F(SqliteTest, InterruptedUploadsAreRemoved) {
  const auto artifacts = open_file_artifacts(folder_ / "artifacts").value();
  {
    const auto upload = artifacts->begin().value();
    ASSERT_TRUE(upload->append(base::as_bytes("part")).ok());
    std::filesystem::copy_file(folder_ / "artifacts" / "0.upload",
                               folder_ / "artifacts" / "7.upload");
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "artifacts" / "0.upload"));
  const auto whole = artifacts->begin().value();
  const std::string digest = whole->finish().value();
  const auto again = open_file_artifacts(folder_ / "artifacts").value();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "artifacts" / "7.upload"));
  EXPECT_TRUE(again->size_bytes(digest).ok());
}

}  // namespace
}  // namespace zkp::network::store
