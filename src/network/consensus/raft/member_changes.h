#pragma once

#include <map>
#include <span>

#include "base/bytes.h"
#include "network/consensus/raft/c_raft.h"

namespace zkp::network::consensus::raft {

// Where the log changes the members, as its entries are written.
//
// C-Raft 0.22.1 notes a change that reaches a follower in one batch with other entries under the
// index of the batch's first entry. It then never takes the change for committed: it would write
// the members of before into its snapshots, and as a leader refuse every further change. This puts
// the right index, and takes what was committed for committed.
class MemberChanges {
 public:
  // As C-Raft drops the log from `index` on, which it does before each append.
  void truncate(raft_index index);
  // As C-Raft appends. REQUIRES: truncate() told where.
  void append(::raft& raft, std::span<const raft_entry> entries);
  // After C-Raft has applied entries.
  void settle(::raft& raft);
  // Nothing is left for settle() to do.
  [[nodiscard]] bool are_settled(const ::raft& raft) const;

 private:
  raft_index next_ = 1;
  std::map<raft_index, base::Bytes> changes_;  // encoded configurations, not yet applied
};

}  // namespace zkp::network::consensus::raft
