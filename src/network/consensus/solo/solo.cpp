#include "network/consensus/solo/solo.h"

#include <utility>

#include "base/assert.h"

namespace zkp::network::consensus {
namespace {

using base::Error;
using base::ErrorCode;

Error alone() {
  return {ErrorCode::failed_precondition,
          "this coordinator runs alone: it has no cluster to change"};
}

State leader(const Solo::Options& options) {
  ZKP_ASSERT(options.term > 0);
  State state;
  state.role = Role::leader;
  state.node_id = options.node_id;
  state.leader_id = options.node_id;
  state.leader_address = options.address;
  state.term = options.term;
  return state;
}

std::shared_ptr<const Agreement> cluster_of_one(const Solo::Options& options) {
  Member self;
  self.id = options.node_id;
  self.worker_address = options.address;
  self.voter = true;
  Agreement agreement;
  agreement.members.push_back(std::move(self));
  return std::make_shared<const Agreement>(std::move(agreement));
}

}  // namespace

Solo::Solo(const Options& options) : state_(leader(options)), agreement_(cluster_of_one(options)) {}

Solo::~Solo() { stop(); }

// A thread of its own, so that a caller that holds a lock here may take it in on_change.
base::Status Solo::start(std::function<void(const State&)> on_change) {
  ZKP_ASSERT(!thread_.joinable());
  const std::lock_guard lock(mutex_);
  running_ = true;
  calls_.emplace_back(
      [on_change = std::move(on_change), announced = state_] { on_change(announced); });
  thread_ = std::thread([this] { serve(); });
  return {};
}

void Solo::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Solo::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !running_ || !calls_.empty(); });
    if (calls_.empty()) return;
    const Call call = std::move(calls_.front());
    calls_.pop_front();
    lock.unlock();
    call();
    lock.lock();
  }
}

bool Solo::hand_over(Call call) {
  if (!running_) return false;
  calls_.push_back(std::move(call));
  changed_.notify_all();
  return true;
}

State Solo::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::shared_ptr<const Agreement> Solo::agreement() const {
  const std::lock_guard lock(mutex_);
  return agreement_;
}

void Solo::propose(Command command, Done done) {
  if (base::Status fit = check(command); !fit) return refuse(done, std::move(fit).error());
  std::unique_lock lock(mutex_);
  if (!hand_over([done] { done({}); })) {
    lock.unlock();
    return done(Error{ErrorCode::failed_precondition, "this coordinator is not running"});
  }
  Agreement next = *agreement_;
  if (command.record) {
    next.workers[command.worker_id] = *std::move(command.record);
  } else {
    next.workers.erase(command.worker_id);
  }
  agreement_ = std::make_shared<const Agreement>(std::move(next));
  state_.commit_index = ++state_.applied_index;
}

void Solo::add_member(Member, Done done) { refuse(done, alone()); }
void Solo::remove_member(std::string, Done done) { refuse(done, alone()); }
void Solo::transfer(std::string, Done done) { refuse(done, alone()); }

void Solo::refuse(const Done& done, Error why) {
  {
    const std::lock_guard lock(mutex_);
    if (hand_over([done, why] { done(why); })) return;
  }
  done(why);
}

}  // namespace zkp::network::consensus
