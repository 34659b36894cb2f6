#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "network/consensus/consensus.h"

namespace zkp::network::consensus {

// A cluster of one: leads from start() on, always in the same term. Two processes on one store are
// told apart by their terms, so each is given one more than the last that took leadership. Records
// of workers live as long as the object; there are no other members, and no way to add one.
class Solo final : public Consensus {
 public:
  struct Options {
    std::string node_id;
    std::string address;     // takes workers' streams
    std::uint64_t term = 1;  // from 1
  };
  explicit Solo(const Options& options);
  ~Solo() override;

  base::Status start(std::function<void(const State&)> on_change) override;
  void stop() override;
  [[nodiscard]] State state() const override;
  [[nodiscard]] std::shared_ptr<const Agreement> agreement() const override;
  void propose(Command command, Done done) override;
  void add_member(Member member, Done done) override;
  void remove_member(std::string id, Done done) override;
  void transfer(std::string id, Done done) override;

 private:
  using Call = std::function<void()>;

  void serve();
  // Has the thread make the call; false if it does not run. REQUIRES: mutex_ is held.
  bool hand_over(Call call);
  void refuse(const Done& done, base::Error why);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  std::deque<Call> calls_;
  State state_;
  std::shared_ptr<const Agreement> agreement_;
  std::thread thread_;
};

}  // namespace zkp::network::consensus
