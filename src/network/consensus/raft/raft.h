#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "network/consensus/consensus.h"
#include "network/consensus/raft/socket_layer.h"

namespace zkp::network::consensus {

// A cluster of coordinators that agree by Raft (C-Raft). The members are those of Raft's own
// configuration; the records of workers are its state machine.
//
// The data folder is the node's memory of what it promised to others. A node that lost its folder
// must not bootstrap again, for it could vote twice in a term: heal it by starting it with an empty
// folder and no bootstrap members, and have the leader remove and add it.
class Raft final : public Consensus {
 public:
  struct Options {
    std::string cluster_id = "zkp";  // connections from another cluster are refused
    Member self;                     // `voter` does not count
    std::filesystem::path data_dir;
    std::string listen_address;  // host:port to bind to; empty: self.raft_address
    // The members of a cluster that is to begin, the same list on each of them; all of them vote.
    // Empty: this node waits until a leader adds it. A folder with data makes this without meaning.
    std::vector<Member> bootstrap_members;
    std::chrono::milliseconds election{500};  // a follower's patience: one to two times this
    std::chrono::milliseconds heartbeat{100};
    std::chrono::milliseconds connect_retry{250};
    std::chrono::milliseconds handshake{5000};  // for a connection to come about
    unsigned snapshot_threshold = 4096;         // entries of the log between two snapshots
    unsigned snapshot_trailing = 16384;  // kept before a snapshot, for members that are behind
    std::shared_ptr<raft::SocketLayer> sockets;  // null: plain ones
  };

  explicit Raft(Options options);
  ~Raft() override;

  // data_loss if the folder is damaged; the message names the file and the way to heal.
  base::Status start(std::function<void(const State&)> on_change) override;
  void stop() override;
  [[nodiscard]] State state() const override;
  [[nodiscard]] std::shared_ptr<const Agreement> agreement() const override;
  void propose(Command command, Done done) override;
  void add_member(Member member, Done done) override;
  void remove_member(std::string id, Done done) override;
  void transfer(std::string id, Done done) override;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace zkp::network::consensus
