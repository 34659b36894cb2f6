#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "network/rpc/administration.h"
#include "network/rpc/coordinator_server.h"
#include "prover/witness/program.h"

namespace zkp::services::worker {

// The one of the test program.
inline const prover::witness::Engine& test_engine() {
  static const prover::witness::Engine engine;
  return engine;
}

// A folder that is gone with this object.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "zkp-worker-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A coordinator that nobody administers.
class NoAdministration final : public network::rpc::AdministrationHandler {
 public:
  v1::ClusterDescription describe() override { return {}; }
  void add_coordinator(const v1::CoordinatorAddress& /*coordinator*/, Done done) override {
    done({});
  }
  void remove_coordinator(const std::string& /*id*/, Done done) override { done({}); }
  void transfer_leadership(const std::string& /*id*/, Done done) override { done({}); }
  void drain_worker(const std::string& /*id*/, Done done) override { done({}); }
};

// The leader of one worker: welcomes it, keeps what it says.
class TestLeader final : public network::rpc::SessionHandler {
 public:
  void on_event(const std::shared_ptr<network::rpc::Session>& session,
                v1::WorkerEvent event) override {
    const std::lock_guard lock(mutex_);
    if (event.has_hello()) {
      session_ = session;
      v1::Instruction welcome;
      welcome.mutable_welcome()->set_term(1);
      welcome.mutable_welcome()->set_heartbeat_ms(20);
      session->send(std::move(welcome));
    }
    events_.push_back(std::move(event));
    changed_.notify_all();
  }
  void on_closed(const std::shared_ptr<network::rpc::Session>& /*session*/) override {}

  // The first event from number `from` on that `wanted` accepts; none if it does not come.
  template <class Wanted>
  std::optional<v1::WorkerEvent> find(const Wanted& wanted, std::size_t from = 0) {
    std::unique_lock lock(mutex_);
    std::optional<v1::WorkerEvent> found;
    changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      for (std::size_t i = from; i < events_.size() && !found; ++i) {
        if (wanted(events_[i])) found = events_[i];
      }
      return found.has_value();
    });
    return found;
  }
  std::size_t event_count() {
    const std::lock_guard lock(mutex_);
    return events_.size();
  }
  void send(v1::Instruction instruction) {
    const std::lock_guard lock(mutex_);
    session_->send(std::move(instruction));
  }
  void close() {
    const std::lock_guard lock(mutex_);
    session_->close();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::WorkerEvent> events_;
  std::shared_ptr<network::rpc::Session> session_;
};

}  // namespace zkp::services::worker
