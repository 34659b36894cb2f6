#include "network/consensus/raft/transport.h"

#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/random.h"
#include "network/consensus/raft/address.h"
#include "network/consensus/raft/test_cluster.h"

namespace zkp::network::consensus::raft {
namespace {

using testing::HasSubstr;

const WorkerRecord kDraining{.draining = true, .quarantined = false, .reason = "asked to"};

// One who knocks at a coordinator's Raft port.
class Stranger {
 public:
  explicit Stranger(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const auto place = parse_host_port(address);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(place->port)));
    ::inet_pton(AF_INET, place->host.c_str(), &to.sin_addr);
    ZKP_ASSERT(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  ~Stranger() { ::close(socket_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  void send(base::ByteView bytes) const {
    (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void hang_up() const { ::shutdown(socket_, SHUT_WR); }
  // What comes until the other side closes, or until there are `enough` bytes.
  [[nodiscard]] base::Bytes receive(std::size_t enough = SIZE_MAX) const {
    base::Bytes bytes;
    std::uint8_t buffer[4096];
    while (bytes.size() < enough) {
      pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
      const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
      if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1) {
        ADD_FAILURE() << "the connection stays open";
        break;
      }
      const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
      if (size <= 0) break;
      bytes.insert(bytes.end(), buffer, buffer + size);
    }
    return bytes;
  }

 private:
  int socket_;
};

Hello good_hello(const std::string& to) {
  return {.cluster_id = "zkp",
          .wanted_id = to,
          .speaker = {.id = "coordinator-7", .raft_address = "127.0.0.1:7007"}};
}

// The switch of a node's network keeps a copy of each connection open, which hides whether the node
// has closed it.
void use_plain_sockets(TestCluster& cluster, int size) {
  for (int node = 1; node <= size; ++node) cluster.options(node).sockets = nullptr;
}

TEST(Transport, AnswersAGoodHello) {
  TestCluster cluster(1);
  use_plain_sockets(cluster, 1);
  cluster.start_all();
  const Stranger stranger(cluster.member(1).raft_address);
  // In pieces, as a network may bring it.
  for (const std::uint8_t& byte : encode_hello(good_hello("coordinator-1"))) {
    stranger.send({&byte, 1});
  }
  base::Bytes answer = stranger.receive(kHelloHeaderBytes);
  ASSERT_GE(answer.size(), kHelloHeaderBytes);
  const auto size = decode_hello_header(answer);
  ASSERT_TRUE(size.ok());
  if (answer.size() < kHelloHeaderBytes + *size) {
    const base::Bytes rest = stranger.receive(kHelloHeaderBytes + *size - answer.size());
    answer.insert(answer.end(), rest.begin(), rest.end());
  }
  const auto hello = decode_hello(base::ByteView(answer).subspan(kHelloHeaderBytes));
  ASSERT_TRUE(hello.ok());
  EXPECT_EQ(hello->speaker, cluster.member(1, false));
  EXPECT_EQ(hello->cluster_id, "zkp");
}

TEST(Transport, RefusesHellosThatDoNotFit) {
  TestCluster cluster(1);
  use_plain_sockets(cluster, 1);
  cluster.start_all();
  Hello other_cluster = good_hello("coordinator-1");
  other_cluster.cluster_id = "another";
  const Hello to_another = good_hello("coordinator-2");
  Hello namesake = good_hello("coordinator-1");
  namesake.speaker.id = "coordinator-1";
  for (const Hello& hello : {other_cluster, to_another, namesake}) {
    const Stranger stranger(cluster.member(1).raft_address);
    stranger.send(encode_hello(hello));
    EXPECT_TRUE(stranger.receive().empty());
  }
}

std::vector<base::Bytes> garbage() {
  std::vector<base::Bytes> garbage{
      base::to_bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
      base::to_bytes("zkpR\xff\xff\xff\xff"),
      base::to_bytes("zkpR"),
      base::to_bytes(std::string_view("zkpR\x04\0\0\0\xff\xff\xff\xff", 12)),
      base::to_bytes(std::string_view("zkpR\0\0\0\0", 8)),
      base::Bytes(100'000, 0),
  };
  base::SeededRandom random(7);
  for (std::size_t size = 1; size < 20'000; size *= 3) random.fill(garbage.emplace_back(size));
  const base::Bytes hello = encode_hello(good_hello("coordinator-1"));
  for (std::size_t size = 0; size < hello.size(); size += 5) {
    garbage.emplace_back(hello.begin(), hello.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return garbage;
}

TEST(Transport, GarbageDoesNothing) {
  TestCluster cluster(3);
  use_plain_sockets(cluster, 3);
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  for (int node = 1; node <= 3; ++node) {
    for (const base::Bytes& bytes : garbage()) {
      const Stranger stranger(cluster.member(node).raft_address);
      stranger.send(bytes);
      stranger.hang_up();
      EXPECT_TRUE(stranger.receive().empty());
    }
  }
  cluster.put("worker-2", kDraining);
  for (int node = 1; node <= 3; ++node) EXPECT_EQ(cluster.raft(node).state().failure, "");
}

TEST(Transport, ClosesConnectionsThatStaySilent) {
  TestCluster cluster(1);
  use_plain_sockets(cluster, 1);
  cluster.options(1).handshake = std::chrono::milliseconds(100);
  cluster.start_all();
  const Stranger stranger(cluster.member(1).raft_address);
  EXPECT_TRUE(stranger.receive().empty());
}

TEST(Transport, WorksOnThoughManyStrangersCall) {
  TestCluster cluster(3);
  use_plain_sockets(cluster, 3);
  cluster.start_all();
  const int target = cluster.a_follower();
  std::list<Stranger> crowd;
  for (int i = 0; i < 100; ++i) crowd.emplace_back(cluster.member(target).raft_address);
  // Those who are too many are closed at once.
  EXPECT_TRUE(crowd.back().receive().empty());
  crowd.clear();
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(cluster.eventually_agree(
      [](const Agreement& agreement) { return agreement.workers.contains("worker-1"); }));
}

TEST(Transport, KeepsClustersApart) {
  TestCluster cluster(3);
  cluster.options(3).cluster_id = "another";
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(cluster.eventually([&] { return cluster.raft(3).state().role == Role::candidate; }));
  EXPECT_EQ(cluster.raft(3).state().leader_id, "");
  EXPECT_TRUE(cluster.raft(3).agreement()->workers.empty());
}

TEST(Transport, RefusesAPortThatIsTaken) {
  TestCluster cluster(2);
  cluster.options(2).listen_address = cluster.member(1).raft_address;
  ASSERT_TRUE(cluster.start(1).ok());
  const base::Status taken = cluster.start(2);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, base::ErrorCode::unavailable);
  EXPECT_THAT(taken.error().message, HasSubstr(cluster.member(1).raft_address));
  EXPECT_THAT(taken.error().message, HasSubstr("address already in use"));
  cluster.options(2).listen_address = "";
  EXPECT_TRUE(cluster.start(2).ok());
  cluster.put("worker-1", kDraining);
}

// A port of this kind of address that nobody uses; nothing if the machine lacks the kind.
std::optional<std::string> free_port_of(int family) {
  const int socket = ::socket(family, SOCK_STREAM, 0);
  if (socket < 0) return std::nullopt;
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr = in6addr_loopback;
  } else {
    reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  socklen_t size = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::optional<std::string> port;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port = std::to_string(ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port));
  }
  ::close(socket);
  return port;
}

// Nothing is agreed on unless each reaches the other.
void expect_agreement_of(const std::string& first, const std::string& second) {
  TestCluster cluster(2);
  cluster.options(1).self.raft_address = first;
  cluster.options(2).self.raft_address = second;
  const std::vector<Member> members{cluster.member(1), cluster.member(2)};
  for (const int node : {1, 2}) cluster.options(node).bootstrap_members = members;
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(cluster.eventually_agree(
      [](const Agreement& agreement) { return agreement.workers.contains("worker-1"); }));
}

TEST(Transport, ReachesMembersByName) {
  const auto first = free_port_of(AF_INET), second = free_port_of(AF_INET);
  ASSERT_TRUE(first && second);
  expect_agreement_of("localhost:" + *first, "localhost:" + *second);
}

TEST(Transport, ReachesMembersOverIPv6) {
  const auto first = free_port_of(AF_INET6), second = free_port_of(AF_INET6);
  if (!first || !second) GTEST_SKIP() << "this machine has no IPv6 loopback";
  expect_agreement_of("[::1]:" + *first, "[::1]:" + *second);
}

// A layer that answers later, and says who the peer is, as encryption does.
class SlowSockets final : public SocketLayer {
 public:
  explicit SlowSockets(std::string peer_id) : peer_id_(std::move(peer_id)) {}

  void secure(uv_loop_s* loop, uv_tcp_s* socket, Side, Done done) override {
    auto* const pending =
        new Pending{.stream = reinterpret_cast<uv_stream_t*>(socket), .done = std::move(done)};
    pending->owner = this;
    uv_timer_init(loop, &pending->timer);
    pending->timer.data = pending;
    pending_.push_back(pending);
    uv_timer_start(
        &pending->timer,
        [](uv_timer_t* timer) {
          auto* const self = static_cast<Pending*>(timer->data);
          self->owner->pending_.remove(self);
          self->finish({.stream = self->stream, .peer_id = self->owner->peer_id_});
        },
        5, 0);
  }
  void close() override {
    for (Pending* one : std::exchange(pending_, {})) {
      uv_close(reinterpret_cast<uv_handle_t*>(one->stream),
               [](uv_handle_t* handle) { raft_free(handle); });
      one->finish({});
    }
  }

 private:
  struct Pending {
    uv_timer_t timer{};
    uv_stream_t* stream = nullptr;
    Done done;
    SlowSockets* owner = nullptr;

    void finish(const SecuredStream& stream_or_none) {
      done(stream_or_none);
      uv_close(reinterpret_cast<uv_handle_t*>(&timer),
               [](uv_handle_t* closed) { delete static_cast<Pending*>(closed->data); });
    }
  };
  const std::string peer_id_;
  std::list<Pending*> pending_;
};

TEST(Transport, TakesStreamsOfASlowSocketLayer) {
  TestCluster cluster(2);
  cluster.options(1).sockets = std::make_shared<SlowSockets>("coordinator-2");
  cluster.options(2).sockets = std::make_shared<SlowSockets>("coordinator-1");
  cluster.start_all();
  cluster.put("worker-1", kDraining);
  EXPECT_TRUE(cluster.eventually_agree(
      [](const Agreement& agreement) { return agreement.workers.contains("worker-1"); }));
}

TEST(Transport, HoldsAPeerToTheNameThatItProved) {
  TestCluster cluster(2);
  use_plain_sockets(cluster, 2);
  cluster.options(1).sockets = std::make_shared<SlowSockets>("coordinator-9");
  cluster.options(2).sockets = std::make_shared<SlowSockets>("");
  cluster.start_all();
  const Stranger stranger(cluster.member(1).raft_address);
  stranger.send(encode_hello(good_hello("coordinator-1")));
  EXPECT_TRUE(stranger.receive().empty());
  EXPECT_TRUE(cluster.eventually([&] { return cluster.raft(2).state().role == Role::candidate; }));
  EXPECT_EQ(cluster.raft(1).state().leader_id, "");
  EXPECT_EQ(cluster.raft(2).state().leader_id, "");
}

}  // namespace
}  // namespace zkp::network::consensus::raft
