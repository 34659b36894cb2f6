#include <condition_variable>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "network/rpc/administration_client.h"
#include "network/rpc/channel.h"
#include "network/rpc/coordinator_link.h"
#include "network/rpc/coordinator_server.h"
#include "network/rpc/status.h"

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

// Leads or follows as it is told; remembers what it was asked.
class Administrators final : public AdministrationHandler {
 public:
  v1::ClusterDescription describe() override { return description; }
  void add_coordinator(const v1::CoordinatorAddress& coordinator, Done done) override {
    answer("add " + coordinator.id() + " at " + coordinator.raft_address(), done);
  }
  void remove_coordinator(const std::string& id, Done done) override {
    answer("remove " + id, done);
  }
  void transfer_leadership(const std::string& id, Done done) override {
    answer("transfer to " + id, done);
  }
  void drain_worker(const std::string& id, Done done) override { answer("drain " + id, done); }

  v1::ClusterDescription description;
  base::Status outcome;
  std::vector<std::string> asked;

 private:
  void answer(std::string what, const Done& done) {
    asked.push_back(std::move(what));
    done(outcome);
  }
};

class Rpc : public testing::Test {
 protected:
  void SetUp() override {
    auto started_server = CoordinatorServer::start({}, {leader, administrators, artifacts});
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
  Administrators administrators;
  Artifacts artifacts;
  std::unique_ptr<CoordinatorServer> server;
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
  auto second = CoordinatorServer::start({}, {other, administrators, none});
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

// So that a new leader has its workers when an election is over, and a long outage costs few tries.
TEST(Link, WaitsAnEighthOfTheTimeWithoutALeader) {
  const CoordinatorLink::Options options;
  EXPECT_EQ(options.back_off(0ms), 50ms);
  EXPECT_EQ(options.back_off(1s), 125ms);
  EXPECT_EQ(options.back_off(8s), 1s);
  EXPECT_EQ(options.back_off(24h), 2s);
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

class Administration : public testing::Test {
 protected:
  struct Node {
    Leader sessions;
    Administrators administrators;
    Artifacts artifacts;
    std::unique_ptr<CoordinatorServer> server;
  };
  Administration() {
    for (auto& [name, node] : nodes_) {
      node.administrators.description.set_coordinator_id(name);
      node.server =
          CoordinatorServer::start({}, {node.sessions, node.administrators, node.artifacts})
              .value();
    }
  }
  void leads(const std::string& name, std::uint64_t term) {
    nodes_.at(name).administrators.description.set_role("leader");
    nodes_.at(name).administrators.description.set_term(term);
  }
  AdministrationClient client(std::vector<std::string> coordinators) {
    return AdministrationClient({.coordinators = std::move(coordinators),
                                 .make_channel = [this](const std::string& address) {
                                   const auto node = nodes_.find(address);
                                   // Nothing listens on port 1.
                                   return node == nodes_.end()
                                              ? open_channel("127.0.0.1:1")
                                              : node->second.server->in_process_channel();
                                 }});
  }
  std::map<std::string, Node> nodes_ = [] {
    std::map<std::string, Node> nodes;
    nodes["one"], nodes["two"];
    return nodes;
  }();
};

TEST_F(Administration, EachCoordinatorTellsWhatItKnowsAndOneThatIsGoneIsAnError) {
  const auto descriptions = client({"one", "gone", "two"}).describe_each();
  ASSERT_EQ(descriptions.size(), 3U);
  EXPECT_EQ(descriptions[0].value().coordinator_id(), "one");
  EXPECT_EQ(descriptions[1].error().code, base::ErrorCode::unavailable);
  EXPECT_EQ(descriptions[2].value().coordinator_id(), "two");
}

TEST_F(Administration, TheLeaderOfTheHighestTermIsAsked) {
  leads("one", 3);
  leads("two", 4);
  const auto asker = client({"gone", "one", "two"});
  EXPECT_EQ(asker.describe().value().coordinator_id(), "two");
  v1::CoordinatorAddress fourth;
  fourth.set_id("four");
  fourth.set_raft_address("host:7000");
  EXPECT_TRUE(asker.add_coordinator(fourth).ok());
  EXPECT_TRUE(asker.remove_coordinator("three").ok());
  EXPECT_TRUE(asker.transfer_leadership("").ok());
  EXPECT_TRUE(asker.drain_worker("worker-1").ok());
  EXPECT_THAT(
      nodes_["two"].administrators.asked,
      ElementsAre("add four at host:7000", "remove three", "transfer to ", "drain worker-1"));
  EXPECT_TRUE(nodes_["one"].administrators.asked.empty());
}

TEST_F(Administration, ItsErrorsComeBack) {
  leads("one", 1);
  nodes_["one"].administrators.outcome = base::Error{base::ErrorCode::not_found, "no such worker"};
  const base::Status status = client({"one"}).drain_worker("worker-9");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::ErrorCode::not_found);
  EXPECT_EQ(status.error().message, "no such worker");
}

TEST_F(Administration, WithoutALeaderTheAnswerSaysWhatEachOneSaid) {
  nodes_["one"].administrators.description.set_role("candidate");
  const auto description = client({"one", "gone"}).describe();
  ASSERT_FALSE(description.ok());
  EXPECT_EQ(description.error().code, base::ErrorCode::unavailable);
  EXPECT_THAT(description.error().message, testing::HasSubstr("one: is a candidate; gone: "));
  EXPECT_EQ(client({"one"}).drain_worker("worker-1").error().code, base::ErrorCode::unavailable);
}

TEST(CoordinatorServerPort, APortThatIsTakenIsRefused) {
  Leader sessions;
  Administrators administrators;
  Artifacts artifacts;
  const CoordinatorServer::Ports ports{sessions, administrators, artifacts};
  const auto first = CoordinatorServer::start({.listen = "127.0.0.1:0"}, ports);
  ASSERT_TRUE(first.ok());
  EXPECT_NE((*first)->port(), 0);
  const auto second =
      CoordinatorServer::start({.listen = fmt::format("127.0.0.1:{}", (*first)->port())}, ports);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, testing::HasSubstr("cannot listen"));
  const AdministrationClient asker({.coordinators = {fmt::format("127.0.0.1:{}", (*first)->port())},
                                    .make_channel = open_channel});
  EXPECT_TRUE(asker.describe_each()[0].ok());
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
