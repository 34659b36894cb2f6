#include <condition_variable>
#include <map>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "network/rpc/coordinator_link.h"
#include "network/rpc/status.h"
#include "network/rpc/worker_server.h"

namespace zkp::network::rpc {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// A value that one thread changes and another waits for.
template <class T>
class Watched {
 public:
  template <class Change>
  void change(Change apply) {
    const std::lock_guard lock(mutex_);
    apply(value_);
    changed_.notify_all();
  }
  template <class Condition>
  [[nodiscard]] bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return condition(value_); });
  }
  T copy() {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  T value_{};
};

class Artifacts final : public store::ArtifactStore {
 public:
  base::Result<std::unique_ptr<Upload>> begin() override {
    return std::unique_ptr<Upload>(std::make_unique<MapUpload>(*this));
  }
  base::Result<std::uint64_t> size_bytes(const std::string& digest) override {
    const auto files = files_.copy();
    if (!files.contains(digest)) return not_found(digest);
    return files.at(digest).size();
  }
  base::Result<base::Bytes> read(const std::string& digest, std::uint64_t offset,
                                 std::size_t most) override {
    const auto files = files_.copy();
    if (!files.contains(digest)) return not_found(digest);
    const base::ByteView file = files.at(digest);
    const auto rest = file.subspan(std::min<std::size_t>(offset, file.size()));
    const auto piece = rest.first(std::min(most, rest.size()));
    return base::Bytes(piece.begin(), piece.end());
  }

 private:
  struct MapUpload final : Upload {
    explicit MapUpload(Artifacts& owner) : owner(owner) {}
    base::Status append(base::ByteView piece) override {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      return {};
    }
    base::Result<std::string> finish() override {
      const std::string digest = base::digest_name(base::sha256(bytes));
      owner.files_.change([&](auto& files) { files[digest] = bytes; });
      return digest;
    }
    Artifacts& owner;
    base::Bytes bytes;
  };
  static base::Error not_found(const std::string& digest) {
    return {base::ErrorCode::not_found, "there is no file " + digest};
  }
  Watched<std::map<std::string, base::Bytes>> files_;
};

// The leader: answers Hello with `answer`, keeps what it hears.
class Leader final : public SessionHandler {
 public:
  std::function<void(Session&)> answer = [](Session& session) {
    v1::Instruction welcome;
    welcome.mutable_welcome()->set_term(7);
    session.send(std::move(welcome));
  };
  struct Heard {
    std::vector<std::string> events;
    std::shared_ptr<Session> session;
    int closed = 0;
  };
  Watched<Heard> heard;

  void on_event(const std::shared_ptr<Session>& session, v1::WorkerEvent event) override {
    std::string text = "?";
    if (event.has_hello()) text = "hello " + event.hello().worker_id();
    if (event.has_started()) text = "started " + event.started().ref().task_id();
    const bool is_hello = event.has_hello();
    heard.change([&](Heard& state) {
      state.events.push_back(text);
      state.session = session;
    });
    if (is_hello) answer(*session);
  }
  void on_closed(const std::shared_ptr<Session>& /*session*/) override {
    heard.change([](Heard& state) { ++state.closed; });
  }
};

class Worker final : public LinkHandler {
 public:
  struct Seen {
    std::vector<v1::Instruction> instructions;
    int hellos = 0, disconnects = 0;
  };
  Watched<Seen> seen;

  v1::Hello hello() override {
    seen.change([](Seen& state) { ++state.hellos; });
    v1::Hello hello;
    hello.set_worker_id("worker-1");
    return hello;
  }
  void on_instruction(v1::Instruction instruction) override {
    seen.change([&](Seen& state) { state.instructions.push_back(std::move(instruction)); });
  }
  void on_disconnected() override {
    seen.change([](Seen& state) { ++state.disconnects; });
  }
  bool wait_for_instructions(std::size_t count) {
    return seen.wait([&](const Seen& state) { return state.instructions.size() >= count; });
  }
};

v1::WorkerEvent started(const std::string& task) {
  v1::WorkerEvent event;
  event.mutable_started()->mutable_ref()->set_task_id(task);
  return event;
}

class Rpc : public testing::Test {
 protected:
  void SetUp() override {
    auto started_server = WorkerServer::start({}, leader, artifacts);
    ASSERT_TRUE(started_server.ok());
    server = std::move(started_server).value();
  }
  std::unique_ptr<CoordinatorLink> connect(Worker& worker) {
    return CoordinatorLink::start(
        {.coordinators = {"in-process"},
         .make_channel = [this](const std::string&) { return server->in_process_channel(); }},
        worker);
  }
  Leader leader;
  Artifacts artifacts;
  std::unique_ptr<WorkerServer> server;
};

TEST_F(Rpc, EventsAndInstructionsArriveInOrderAfterHello) {
  Worker worker;
  const auto link = connect(worker);
  ASSERT_TRUE(worker.wait_for_instructions(1));
  EXPECT_EQ(worker.seen.copy().instructions[0].welcome().term(), 7U);
  for (int i = 0; i < 100; ++i) link->send(started(std::to_string(i)));
  ASSERT_TRUE(leader.heard.wait([](const auto& state) { return state.events.size() == 101; }));
  const auto events = leader.heard.copy().events;
  EXPECT_EQ(events.front(), "hello worker-1");
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(events[i + 1], "started " + std::to_string(i));

  const auto session = leader.heard.copy().session;
  for (std::uint64_t i = 0; i < 100; ++i) {
    v1::Instruction ack;
    ack.mutable_ack()->mutable_ref()->set_attempt(i);
    session->send(std::move(ack));
  }
  ASSERT_TRUE(worker.wait_for_instructions(101));
  const auto instructions = worker.seen.copy().instructions;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(instructions[i + 1].ack().ref().attempt(), i);
  }
}

TEST_F(Rpc, AClosedStreamIsToldToBothAndTheWorkerComesBack) {
  Worker worker;
  const auto link = connect(worker);
  ASSERT_TRUE(worker.wait_for_instructions(1));
  const auto session = leader.heard.copy().session;
  session->close();
  ASSERT_TRUE(worker.seen.wait([](const auto& state) { return state.hellos >= 2; }));
  EXPECT_GE(worker.seen.copy().disconnects, 1);
  ASSERT_TRUE(leader.heard.wait([](const auto& state) { return state.closed >= 1; }));
  session->send({});  // dropped, and harmless
}

TEST_F(Rpc, ARedirectGoesToTheLeaderAtOnce) {
  Leader other;
  Artifacts none;
  auto second = WorkerServer::start({}, other, none);
  ASSERT_TRUE(second.ok());
  leader.answer = [](Session& session) {
    v1::Instruction redirect;
    redirect.mutable_redirect()->set_leader_address("second");
    session.send(std::move(redirect));
    session.close();
  };
  Worker worker;
  const auto link =
      CoordinatorLink::start({.coordinators = {"first"},
                              .make_channel =
                                  [&](const std::string& address) {
                                    return address == "second" ? (*second)->in_process_channel()
                                                               : server->in_process_channel();
                                  },
                              .least_back_off = 1h,  // a redirect must not wait for it
                              .most_back_off = 1h},
                             worker);
  ASSERT_TRUE(worker.wait_for_instructions(1));
  EXPECT_THAT(other.heard.copy().events, ElementsAre("hello worker-1"));
}

TEST_F(Rpc, FilesTravelBothWaysAndResumeAtAnOffset) {
  Worker worker;
  const auto link = connect(worker);
  ASSERT_TRUE(worker.wait_for_instructions(1));
  base::Bytes file(3 * kChunkBytes + 17);
  for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<std::uint8_t>(i * 31 >> 3);

  const auto digest = link->publish(file, {});
  ASSERT_TRUE(digest.ok()) << digest.error().message;
  EXPECT_EQ(*digest, base::digest_name(base::sha256(file)));

  for (const std::size_t offset : {std::size_t{0}, kChunkBytes + 5, file.size()}) {
    base::Bytes received;
    const auto status = link->fetch(*digest, offset,
                                    [&](base::ByteView piece) {
                                      received.insert(received.end(), piece.begin(), piece.end());
                                      return base::Status{};
                                    },
                                    {});
    ASSERT_TRUE(status.ok());
    EXPECT_TRUE(std::ranges::equal(received, std::span(file).subspan(offset)));
  }
}

TEST_F(Rpc, FetchTellsOfAMissingFileAndOfARefusal) {
  Worker worker;
  const auto link = connect(worker);
  ASSERT_TRUE(worker.wait_for_instructions(1));
  const auto refuse = [](base::ByteView) -> base::Status {
    return base::Error{base::ErrorCode::too_large, "no room"};
  };
  const auto missing = link->fetch("sha256:00", 0, refuse, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, base::ErrorCode::not_found);

  const auto digest = link->publish(base::Bytes(10, 1), {});
  ASSERT_TRUE(digest.ok());
  const auto refused = link->fetch(*digest, 0, refuse, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "no room");
}

TEST_F(Rpc, StoppingTheServerClosesEverySession) {
  Worker first, second;
  const auto first_link = connect(first);
  const auto second_link = connect(second);
  ASSERT_TRUE(first.wait_for_instructions(1));
  ASSERT_TRUE(second.wait_for_instructions(1));
  first_link->stop();
  ASSERT_TRUE(leader.heard.wait([](const auto& state) { return state.closed == 1; }));
  second_link->stop();
  server->stop();
  EXPECT_EQ(leader.heard.copy().closed, 2);
}

TEST(RpcStatus, ErrorsKeepTheirCodeAndMessageOverTheWire) {
  for (const auto code :
       {base::ErrorCode::invalid_argument, base::ErrorCode::not_found, base::ErrorCode::conflict,
        base::ErrorCode::too_large, base::ErrorCode::resource_exhausted,
        base::ErrorCode::unavailable, base::ErrorCode::failed_precondition,
        base::ErrorCode::permission_denied, base::ErrorCode::deadline_exceeded,
        base::ErrorCode::cancelled, base::ErrorCode::data_loss, base::ErrorCode::internal}) {
    const base::Error back = from_grpc(to_grpc({code, "why"}));
    EXPECT_EQ(back.code, code);
    EXPECT_EQ(back.message, "why");
  }
}

}  // namespace
}  // namespace zkp::network::rpc
