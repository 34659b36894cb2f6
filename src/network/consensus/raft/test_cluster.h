#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "network/consensus/raft/raft.h"
#include "network/consensus/raft/socket_layer.h"

namespace zkp::network::consensus::raft {

constexpr auto kPatience = std::chrono::seconds(90);

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// host:port that nobody uses, on a loopback address of this process's own.
std::string free_address();

// Plain sockets that can be cut: connections end, and no new ones come about.
class Switch final : public SocketLayer {
 public:
  ~Switch() override;
  void secure(uv_loop_s* loop, uv_tcp_s* socket, Side side, Done done) override;
  void close() override;
  void set(bool on);

 private:
  void cut();

  std::mutex mutex_;
  bool on_ = true;
  std::vector<int> files_;  // of all connections since the last cut
};

// Waits for one Done.
class Answer {
 public:
  Done done() {
    return [promise = promise_](const base::Status& status) { promise->set_value(status); };
  }
  base::Status get();

 private:
  std::shared_ptr<std::promise<base::Status>> promise_ =
      std::make_shared<std::promise<base::Status>>();
};

// Coordinators in one process. Nodes are known by their numbers, from 1.
class TestCluster {
 public:
  explicit TestCluster(int size);
  ~TestCluster();

  // Before start: what all nodes share, and one of a node's own.
  Raft::Options& options(int node) { return nodes_.at(node).options; }
  Raft& raft(int node) { return *nodes_.at(node).raft; }
  Switch& network(int node) { return *nodes_.at(node).network; }
  [[nodiscard]] bool runs(int node) const { return nodes_.at(node).raft != nullptr; }
  static std::string id_of(int node) { return "coordinator-" + std::to_string(node); }
  Member member(int node, bool voter = true);

  // A node that is not among the bootstrap members.
  int add_node();
  base::Status start(int node);
  void start_all();
  void stop(int node);
  void stop_all();

  // Waits until all that run agree on one of them as the leader, and gives its number.
  int leader();
  int a_follower();
  // Proposes until it is committed: idempotent, so it may be tried again.
  void put(const std::string& worker, const WorkerRecord& record);
  // Tries on the present leader until it works.
  void on_leader(const std::function<void(Raft&, Done)>& request);
  // Waits until this holds; asked again at each new state, and now and then.
  bool eventually(const std::function<bool()>& holds);
  bool eventually_agree(const std::function<bool(const Agreement&)>& holds);
  // All that was announced, as (node, state).
  std::vector<std::pair<int, State>> history();
  std::string describe_history();

 private:
  struct Node {
    Raft::Options options;
    std::shared_ptr<Switch> network = std::make_shared<Switch>();
    std::unique_ptr<Raft> raft;
  };
  std::optional<int> find_leader();
  Node& make_node(int number);

  TemporaryFolder folder_;
  std::map<int, Node> nodes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<int, State>> history_;
};

}  // namespace zkp::network::consensus::raft
