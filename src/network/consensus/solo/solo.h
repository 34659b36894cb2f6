#pragma once

#include <thread>

#include "network/consensus/consensus.h"

namespace zkp::network::consensus {

// A cluster of one: leads from start() on, always in the same term. Two processes on one store are
// told apart by their terms, so each is given one more than the last that took leadership.
class Solo final : public Consensus {
 public:
  struct Options {
    std::string node_id;
    std::string address;     // takes workers' streams
    std::uint64_t term = 1;  // from 1
  };
  explicit Solo(Options options);
  ~Solo() override;

  base::Status start(std::function<void(const State&)> on_change) override;
  void stop() override;
  [[nodiscard]] State state() const override { return state_; }

 private:
  const State state_;
  std::thread announcer_;
};

}  // namespace zkp::network::consensus
