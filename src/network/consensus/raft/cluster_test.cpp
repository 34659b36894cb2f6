// The cluster that the other tests play with.
#include <cstdlib>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "network/consensus/raft/c_raft.h"
#include "network/consensus/raft/test_cluster.h"

namespace zkp::network::consensus::raft {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "zkp-raft-XXXXXX").native();
  ZKP_ASSERT(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// The process's number is in the address, so that no other test takes the port before it is used.
std::string free_address() {
  const auto process = static_cast<unsigned>(::getpid());
  const std::string host =
      fmt::format("127.{}.{}.{}", 64 + (process >> 16) % 128, (process >> 8) & 255, process & 255);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ZKP_ASSERT(::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1);
  socklen_t size = sizeof address;
  ZKP_ASSERT(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  ZKP_ASSERT(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(socket);
  return fmt::format("{}:{}", host, ntohs(address.sin_port));
}

Switch::~Switch() { cut(); }

void Switch::cut() {
  for (const int file : files_) {
    ::shutdown(file, SHUT_RDWR);
    ::close(file);
  }
  files_.clear();
}

// Our copies must not keep the connections of a node that stops.
void Switch::close() {
  const std::lock_guard lock(mutex_);
  cut();
}

void Switch::secure(uv_loop_s*, uv_tcp_s* socket, Side, Done done) {
  uv_os_fd_t file = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(socket), &file);
  {
    const std::lock_guard lock(mutex_);
    if (on_) {
      files_.push_back(::dup(file));
      done({.stream = reinterpret_cast<uv_stream_t*>(socket), .peer_id = {}});
      return;
    }
  }
  uv_close(reinterpret_cast<uv_handle_t*>(socket), [](uv_handle_t* handle) { raft_free(handle); });
  done({});
}

void Switch::set(bool on) {
  const std::lock_guard lock(mutex_);
  on_ = on;
  if (!on) cut();
}

base::Status Answer::get() {
  auto future = promise_->get_future();
  if (future.wait_for(kPatience) != std::future_status::ready) {
    return base::Error{base::ErrorCode::deadline_exceeded, "no answer came"};
  }
  return future.get();
}

TestCluster::TestCluster(int size) {
  std::vector<Member> members;
  for (int number = 1; number <= size; ++number) {
    make_node(number);
    members.push_back(member(number));
  }
  for (auto& [number, node] : nodes_) node.options.bootstrap_members = members;
}

TestCluster::~TestCluster() { stop_all(); }

TestCluster::Node& TestCluster::make_node(int number) {
  Node& node = nodes_[number];
  node.options.self = {.id = id_of(number),
                       .raft_address = free_address(),
                       .worker_address = fmt::format("worker-port-of-{}:1", number),
                       .http_address = fmt::format("http-port-of-{}:1", number)};
  node.options.data_dir = folder_.path() / id_of(number);
  node.options.election = std::chrono::milliseconds(300);
  node.options.heartbeat = std::chrono::milliseconds(60);
  node.options.connect_retry = std::chrono::milliseconds(200);
  node.options.sockets = node.network;
  return node;
}

int TestCluster::add_node() {
  const int number = nodes_.rbegin()->first + 1;
  make_node(number);
  return number;
}

Member TestCluster::member(int node, bool voter) {
  Member member = nodes_.at(node).options.self;
  member.voter = voter;
  return member;
}

base::Status TestCluster::start(int number) {
  Node& node = nodes_.at(number);
  node.raft = std::make_unique<Raft>(node.options);
  base::Status status = node.raft->start([this, number](const State& state) {
    const std::lock_guard lock(mutex_);
    history_.emplace_back(number, state);
    changed_.notify_all();
  });
  if (!status) node.raft.reset();
  return status;
}

void TestCluster::start_all() {
  for (auto& [number, node] : nodes_) {
    if (node.raft != nullptr) continue;
    const base::Status status = start(number);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
}

void TestCluster::stop(int node) { nodes_.at(node).raft.reset(); }

void TestCluster::stop_all() {
  for (auto& [number, node] : nodes_) node.raft.reset();
}

bool TestCluster::eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

bool TestCluster::eventually_agree(const std::function<bool(const Agreement&)>& holds) {
  return eventually([&] {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& one) {
      return one.second.raft == nullptr || holds(*one.second.raft->agreement());
    });
  });
}

std::optional<int> TestCluster::find_leader() {
  std::optional<int> leader;
  std::uint64_t term = 0;
  for (auto& [number, node] : nodes_) {
    if (node.raft == nullptr) continue;
    const State state = node.raft->state();
    if (state.role != Role::leader || state.term <= term) continue;
    leader = number;
    term = state.term;
  }
  if (!leader) return std::nullopt;
  for (auto& [number, node] : nodes_) {
    if (node.raft == nullptr) continue;
    const State state = node.raft->state();
    if (state.term != term || state.leader_id != id_of(*leader)) return std::nullopt;
  }
  return leader;
}

int TestCluster::leader() {
  std::optional<int> found;
  const bool in_time = eventually([&] { return (found = find_leader()).has_value(); });
  EXPECT_TRUE(in_time) << "no leader; announced: " << describe_history();
  return found.value_or(nodes_.begin()->first);
}

int TestCluster::a_follower() {
  const int leading = leader();
  for (auto& [number, node] : nodes_) {
    if (node.raft != nullptr && number != leading) return number;
  }
  return 0;
}

void TestCluster::on_leader(const std::function<void(Raft&, Done)>& request) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  base::Status status;
  do {
    Answer answer;
    for (auto& [number, node] : nodes_) {
      if (node.raft == nullptr || node.raft->state().role != Role::leader) continue;
      request(*node.raft, answer.done());
      status = answer.get();
      if (status.ok()) return;
      break;
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  } while (std::chrono::steady_clock::now() < end);
  ADD_FAILURE() << (status.ok() ? "no leader" : status.error().message);
}

void TestCluster::put(const std::string& worker, const WorkerRecord& record) {
  on_leader([&](Raft& raft, Done done) { raft.propose({worker, record}, std::move(done)); });
}

std::string TestCluster::describe_history() {
  std::string text;
  for (const auto& [node, state] : history()) {
    text += fmt::format("\n{}: {} in term {}, leader {} {}", node, name_of(state.role), state.term,
                        state.leader_id, state.failure);
  }
  return text;
}

std::vector<std::pair<int, State>> TestCluster::history() {
  const std::lock_guard lock(mutex_);
  return history_;
}

}  // namespace zkp::network::consensus::raft
