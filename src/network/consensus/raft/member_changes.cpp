#include "network/consensus/raft/member_changes.h"

#include <iterator>

namespace zkp::network::consensus::raft {

void MemberChanges::truncate(raft_index index) {
  next_ = index;
  changes_.erase(changes_.lower_bound(index), changes_.end());
}

void MemberChanges::append(::raft& raft, std::span<const raft_entry> entries) {
  for (const raft_entry& entry : entries) {
    if (entry.type == RAFT_CHANGE) {
      const auto* const bytes = static_cast<const std::uint8_t*>(entry.buf.base);
      changes_[next_] = base::Bytes(bytes, bytes + entry.buf.len);
      raft.configuration_uncommitted_index = next_;
    }
    ++next_;
  }
}

bool MemberChanges::are_settled(const ::raft& raft) const {
  const auto end = changes_.upper_bound(raft.last_applied);
  return end == changes_.begin() || std::prev(end)->first <= raft.configuration_committed_index;
}

void MemberChanges::settle(::raft& raft) {
  const auto end = changes_.upper_bound(raft.last_applied);
  if (!are_settled(raft)) {
    auto& [index, bytes] = *std::prev(end);
    const raft_buffer buffer{.base = bytes.data(), .len = bytes.size()};
    raft_configuration configuration;
    if (raft_configuration_decode(&buffer, &configuration) != 0) return;
    raft_configuration_close(&raft.configuration_committed);
    raft.configuration_committed = configuration;
    raft.configuration_committed_index = index;
    if (raft.configuration_uncommitted_index == index) raft.configuration_uncommitted_index = 0;
  }
  changes_.erase(changes_.begin(), end);
}

}  // namespace zkp::network::consensus::raft
