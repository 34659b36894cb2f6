#include "network/consensus/solo/solo.h"

#include <utility>

#include "base/assert.h"

namespace zkp::network::consensus {
namespace {

State leader(Solo::Options options) {
  ZKP_ASSERT(options.term > 0);
  State state;
  state.role = Role::leader;
  state.node_id = options.node_id;
  state.leader_id = std::move(options.node_id);
  state.leader_address = std::move(options.address);
  state.term = options.term;
  return state;
}

}  // namespace

Solo::Solo(Options options) : state_(leader(std::move(options))) {}

Solo::~Solo() { stop(); }

// A thread of its own, so that a caller that holds a lock here may take it in on_change.
base::Status Solo::start(std::function<void(const State&)> on_change) {
  ZKP_ASSERT(!announcer_.joinable());
  announcer_ = std::thread([this, on_change = std::move(on_change)] { on_change(state_); });
  return {};
}

void Solo::stop() {
  if (announcer_.joinable()) announcer_.join();
}

}  // namespace zkp::network::consensus
