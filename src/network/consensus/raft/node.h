#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "network/consensus/raft/c_raft.h"
#include "network/consensus/raft/data_folder.h"
#include "network/consensus/raft/member_changes.h"
#include "network/consensus/raft/membership.h"
#include "network/consensus/raft/raft.h"
#include "network/consensus/raft/records.h"
#include "network/consensus/raft/transport.h"

namespace zkp::network::consensus::raft {

// What the loop's thread shows to all others.
class Board {
 public:
  explicit Board(State state)
      : state_(std::move(state)), agreement_(std::make_shared<const Agreement>()) {}
  [[nodiscard]] State state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  [[nodiscard]] std::shared_ptr<const Agreement> agreement() const {
    const std::lock_guard lock(mutex_);
    return agreement_;
  }
  void show(const State& state) {
    const std::lock_guard lock(mutex_);
    state_ = state;
  }
  void show(std::shared_ptr<const Agreement> agreement) {
    const std::lock_guard lock(mutex_);
    agreement_.swap(agreement);
  }

 private:
  mutable std::mutex mutex_;
  State state_;
  std::shared_ptr<const Agreement> agreement_;
};

// One member of the cluster: C-Raft with its disk, its network and the records of workers as its
// state machine. Belongs to the thread that runs the loop; must outlive the loop's last run.
class Node {
 public:
  Node(const Raft::Options& options, uv_loop_t& loop, Board& board,
       std::function<void(const State&)> on_change);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  // Takes part from the loop's next run on. After a failure, too, close() and run the loop.
  base::Status open();
  // Ends what is under way, and leaves the loop without handles of this node.
  void close();

  void propose(const Command& command, Done done);
  void add_member(const Member& member, Done done);
  void remove_member(const std::string& id, Done done);
  void transfer(const std::string& id, Done done);

 private:
  struct Proposal;
  // Where raft_init() and raft_close() have brought raft_.
  enum class Phase { none, open, closing };

  base::Status open_raft();
  base::Status set_up();
  base::Status bootstrap();
  base::Status check_own_address() const;
  base::Error start_error(int code, std::string_view what) const;
  void guard_disk();
  void watch_log();
  void close_raft();
  void fail(std::string why);

  int apply(const raft_buffer& buffer);
  int snapshot(raft_buffer** buffers, unsigned* count);
  int restore(raft_buffer& buffer);

  // What a new state can come from, cheap to compare.
  struct Glance {
    int raft_state = 0;
    raft_term term = 0;
    raft_id leader = 0;
    raft_index commit_index = 0, applied_index = 0;
    bool leading = false, failed = false;
    bool operator==(const Glance&) const = default;
  };
  [[nodiscard]] Glance glance();
  // Before each wait of the loop: tells what has changed since.
  void look_around();
  void confirm_leadership();
  void publish_agreement();
  [[nodiscard]] State current_state();
  [[nodiscard]] bool is_leading() const;

  const Raft::Options& options_;
  const std::string address_;
  uv_loop_t& loop_;
  Board& board_;
  const std::function<void(const State&)> on_change_;
  std::optional<DataFolder> folder_;
  Transport transport_;
  raft_io io_{};
  raft_fsm machine_{};
  ::raft raft_{};
  Phase phase_ = Phase::none;
  bool io_open_ = false;
  bool closing_ = false;
  Membership membership_;
  uv_prepare_t prepare_{};
  struct raft_barrier barrier_{};
  raft_term asked_term_ = 0, confirmed_term_ = 0;  // of leadership
  bool barrier_pending_ = false;
  raft_io disk_{};  // io_ as C-Raft made it
  MemberChanges member_changes_;

  WorkerRecords workers_;
  bool workers_changed_ = true;
  raft_index published_configuration_ = 0;
  std::string failure_;
  Glance seen_;
  std::optional<State> announced_;
  std::uint64_t following_since_ = 0;  // the loop's time
  bool has_had_space_ = false;
};

}  // namespace zkp::network::consensus::raft
