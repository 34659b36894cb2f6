#include "services/gateway/task_watch.h"

#include <boost/asio.hpp>
#include <gtest/gtest.h>

#include "base/random.h"
#include "network/store/memory/memory_store.h"

namespace zkp::services::gateway {
namespace {

namespace asio = boost::asio;
using network::task::TaskId;
using namespace std::chrono_literals;

class TaskWatchTest : public testing::Test {
 protected:
  TaskId submit() {
    const auto now = base::from_unix_ms(1);
    network::store::Submission submission{.id = TaskId::make(now, random_),
                                          .circuit_type = "test",
                                          .circuit = {"test/1"},
                                          .now = now};
    EXPECT_TRUE(store_->submit(submission, 100).ok());
    return submission.id;
  }
  void cancel(const TaskId& id) { EXPECT_TRUE(store_->cancel(id, base::from_unix_ms(2)).ok()); }

  // How long a wait for `id` takes if `meanwhile` happens after it was made.
  template <class Function>
  std::chrono::milliseconds waited(const TaskId& id, std::chrono::milliseconds at_most,
                                   Function meanwhile) {
    asio::io_context io;
    const auto watcher = watch_.watch(id, io.get_executor());
    meanwhile();
    const auto began = std::chrono::steady_clock::now();
    asio::co_spawn(io, watcher->wait(at_most), asio::detached);
    io.run();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 began);
  }

  base::SystemRandom random_;
  std::unique_ptr<network::store::Store> store_ = network::store::make_memory_store();
  TaskWatch watch_{*store_};
};

TEST_F(TaskWatchTest, WakesForItsTask) {
  const TaskId id = submit();
  EXPECT_LT(waited(id, 60s, [&] { cancel(id); }), 30s);
}

TEST_F(TaskWatchTest, SleepsWhenAnotherTaskChanges) {
  const TaskId id = submit(), other = submit();
  EXPECT_GE(waited(id, 30ms, [&] { cancel(other); }), 30ms);
}

TEST_F(TaskWatchTest, WakesEverybodyWhenItCloses) {
  const TaskId id = submit();
  EXPECT_LT(waited(id, 60s, [&] { watch_.close(); }), 30s);
  EXPECT_LT(waited(id, 60s, [] {}), 30s);
  EXPECT_TRUE(watch_.closed());
}

}  // namespace
}  // namespace zkp::services::gateway
