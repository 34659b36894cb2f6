#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "network/consensus/consensus.h"
#include "network/consensus/raft/c_raft.h"

namespace zkp::network::consensus::raft {

// Changes to the cluster's members, one at a time, and hand-overs of leadership. Belongs to the
// loop's thread. REQUIRES: close() comes before raft_close().
class Membership {
 public:
  // `is_leading`: this node leads, and an entry of its own term is committed. Raft's changes of one
  // member at a time are safe only then. `before_done` is called before each Done.
  Membership(::raft& raft, std::function<bool()> is_leading, std::function<void()> before_done);
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  void add(const Member& member, Done done);
  void remove(const std::string& id, Done done);
  void transfer(const std::string& id, Done done);
  // From now on nothing new is begun; what is under way ends with raft_close().
  void close() { closed_ = true; }

 private:
  struct Change {
    std::string id, address;
    bool add = false;
    bool voter = false;
    Done done;
  };
  [[nodiscard]] base::Status may_change() const;
  [[nodiscard]] const raft_server* find(const std::string& id) const;
  [[nodiscard]] base::Status check_newcomer(const Member& member) const;
  void begin(Change change);
  void advance();
  int submit_next(const raft_server* server);
  void on_changed(int status);
  void finish(const base::Status& status);
  void on_transferred();

  ::raft& raft_;
  const std::function<bool()> is_leading_;
  const std::function<void()> before_done_;
  bool closed_ = false;
  std::optional<Change> change_;
  raft_change change_request_{};
  std::string transfer_id_;
  Done transfer_done_;
  struct raft_transfer transfer_request_{};
};

// The members of one of Raft's configurations, in the order of their ids.
std::vector<Member> members_of(const raft_configuration& configuration);

}  // namespace zkp::network::consensus::raft
