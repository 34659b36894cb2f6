#pragma once

#include <mutex>

#include "network/consensus/consensus.h"

namespace zkp::services::coordinator {

// A consensus that does what the test says: who leads, and what becomes of proposals.
class TestConsensus final : public network::consensus::Consensus {
 public:
  using State = network::consensus::State;
  using Agreement = network::consensus::Agreement;
  using Command = network::consensus::Command;
  using Done = network::consensus::Done;

  explicit TestConsensus(std::string node_id) { state_.node_id = std::move(node_id); }

  void lead(std::uint64_t term) {
    become(network::consensus::Role::leader, term, state().node_id, "here");
  }
  // Nobody is known to lead if `leader_id` is empty.
  void follow(std::uint64_t term, const std::string& leader_id, const std::string& address) {
    become(network::consensus::Role::follower, term, leader_id, address);
  }
  void fail(const std::string& why) {
    const std::lock_guard lock(mutex_);
    state_.failure = why;
    on_change_(state_);
  }
  // What is agreed before anybody proposes.
  void agree(const std::string& worker, network::consensus::WorkerRecord record) {
    apply({worker, std::move(record)});
  }
  // Proposals fail so, from now on; ok: they are agreed on.
  void set_outcome(base::Status outcome) {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
  }
  // Proposals take effect, but nobody is told before release().
  void hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
  }
  void release() {
    std::vector<std::function<void()>> answers;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      answers.swap(held_);
    }
    for (const auto& answer : answers) answer();
  }
  std::size_t proposals() const {
    const std::lock_guard lock(mutex_);
    return proposals_;
  }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  base::Status start(std::function<void(const State&)> on_change) override {
    const std::lock_guard lock(mutex_);
    on_change_ = std::move(on_change);
    on_change_(state_);
    return {};
  }
  void stop() override {
    const std::lock_guard lock(mutex_);
    on_change_ = [](const State&) {};
  }
  [[nodiscard]] State state() const override {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  [[nodiscard]] std::shared_ptr<const Agreement> agreement() const override {
    const std::lock_guard lock(mutex_);
    return agreement_;
  }
  void propose(Command command, Done done) override {
    const base::Status outcome = [&] {
      const std::lock_guard lock(mutex_);
      ++proposals_;
      return outcome_;
    }();
    if (outcome.ok()) apply(command);
    {
      const std::lock_guard lock(mutex_);
      if (holding_) {
        held_.emplace_back([done = std::move(done), outcome] { done(outcome); });
        return;
      }
    }
    done(outcome);
  }
  void add_member(network::consensus::Member member, Done done) override {
    answer("add " + member.id, done);
  }
  void remove_member(std::string id, Done done) override { answer("remove " + id, done); }
  void transfer(std::string id, Done done) override { answer("transfer " + id, done); }

 private:
  void become(network::consensus::Role role, std::uint64_t term, const std::string& leader_id,
              const std::string& address) {
    const std::lock_guard lock(mutex_);
    state_.role = role;
    state_.term = term;
    state_.leader_id = leader_id;
    state_.leader_address = address;
    on_change_(state_);
  }
  void apply(const Command& command) {
    const std::lock_guard lock(mutex_);
    Agreement next = *agreement_;
    if (command.record) {
      next.workers[command.worker_id] = *command.record;
    } else {
      next.workers.erase(command.worker_id);
    }
    agreement_ = std::make_shared<const Agreement>(std::move(next));
  }
  void answer(std::string what, const Done& done) {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(std::move(what));
    }
    done({});
  }

  mutable std::mutex mutex_;
  State state_;
  std::shared_ptr<const Agreement> agreement_ = std::make_shared<const Agreement>();
  std::function<void(const State&)> on_change_;
  base::Status outcome_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
  std::size_t proposals_ = 0;
  std::vector<std::string> asked_;
};

}  // namespace zkp::services::coordinator
