#include "network/store/sqlite/writer.h"

#include <filesystem>
#include <latch>
#include <semaphore>

#include <gtest/gtest.h>

namespace zkp::network::store::sqlite {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    std::string name = testing::TempDir() + "writer_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    auto connection = Connection::open(file(), Connection::Mode::write).value();
    EXPECT_TRUE(connection->execute("CREATE TABLE numbers (number INTEGER UNIQUE)").ok());
    writer_ = std::make_unique<Writer>(
        std::move(connection), [this](const Hints& hints) { hints_ += hints.size(); },
        std::chrono::milliseconds(0));
  }
  ~WriterTest() override {
    writer_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "numbers.db"; }
  Status insert(int number) {
    return writer_->write([number](Connection& connection, Hints& hints) {
      hints.push_back({});
      return Query(connection, "INSERT INTO numbers VALUES (?)").bind(number).run();
    });
  }
  std::int64_t count() {
    const auto reader = Connection::open(file(), Connection::Mode::read).value();
    Query query(*reader, "SELECT count(*) FROM numbers");
    EXPECT_TRUE(query.next().ok());
    return query.number(0);
  }

  std::filesystem::path folder_;
  std::atomic<std::size_t> hints_ = 0;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, OneCommitServesAllWhoWait) {
  constexpr int kCallers = 16;
  std::binary_semaphore entered{0}, leave{0};
  std::jthread first([&] {
    EXPECT_TRUE(writer_
                    ->write([&](Connection&, Hints&) -> Status {
                      entered.release();
                      leave.acquire();
                      return {};
                    })
                    .ok());
  });
  entered.acquire();  // the writer is busy now: the others queue up
  {
    std::latch started(kCallers);
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, i] {
        started.count_down();
        EXPECT_TRUE(insert(i).ok());
      });
    }
    started.wait();
    while (writer_->waiting() < kCallers) std::this_thread::yield();
    leave.release();
  }
  EXPECT_EQ(count(), kCallers);
  EXPECT_EQ(hints_, std::size_t{kCallers});
  EXPECT_EQ(writer_->commits(), 2U);
}

TEST_F(WriterTest, AnOperationThatFailsIsUndoneAlone) {
  EXPECT_TRUE(insert(1).ok());
  const auto failed = writer_->write([](Connection& connection, Hints& hints) -> Status {
    hints.push_back({});
    EXPECT_TRUE(Query(connection, "INSERT INTO numbers VALUES (2)").run().ok());
    return Error{ErrorCode::conflict, "no"};
  });
  EXPECT_EQ(failed.error().code, ErrorCode::conflict);
  EXPECT_EQ(failed.error().message, "no");
  EXPECT_FALSE(insert(1).ok()) << "a constraint";
  EXPECT_TRUE(insert(3).ok());
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(hints_, 2U);
}

TEST_F(WriterTest, ALostTransactionFailsItsOperations) {
  const auto lost = writer_->write([](Connection& connection, Hints& hints) -> Status {
    hints.push_back({});
    EXPECT_TRUE(Query(connection, "INSERT INTO numbers VALUES (1)").run().ok());
    EXPECT_TRUE(connection.execute("ROLLBACK").ok());
    return Error{ErrorCode::unavailable, "the disk is full"};
  });
  EXPECT_EQ(lost.error().code, ErrorCode::unavailable);
  EXPECT_EQ(hints_, 0U);
  EXPECT_TRUE(insert(2).ok());
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, AnIdleWriterEmptiesTheLog) {
  EXPECT_TRUE(insert(1).ok());
  std::filesystem::path log = file();
  log += "-wal";
  const auto start = std::chrono::steady_clock::now();
  while (std::filesystem::file_size(log) != 0) {
    ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
    std::this_thread::yield();
  }
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace zkp::network::store::sqlite
