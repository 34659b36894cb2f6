#include "network/consensus/raft/raft.h"

#include <atomic>
#include <csignal>
#include <deque>
#include <future>
#include <mutex>
#include <pthread.h>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "network/consensus/raft/address.h"
#include "network/consensus/raft/node.h"

namespace zkp::network::consensus {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostRequests = 4096;
constexpr std::size_t kMostClusterIdBytes = 64;

Error wrong(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

base::Status check_bootstrap_members(const Raft::Options& options) {
  std::set<std::string> ids, addresses;
  for (const Member& member : options.bootstrap_members) {
    ZKP_CHECK(raft::encode_address(member));
    if (!ids.insert(member.id).second) {
      return wrong(fmt::format("bootstrap members: {} is there twice", member.id));
    }
    if (!addresses.insert(member.raft_address).second) {
      return wrong(fmt::format("bootstrap members: {} is there twice", member.raft_address));
    }
    if (member.id == options.self.id && member.raft_address != options.self.raft_address) {
      return wrong(fmt::format("bootstrap members: {} is there with {}, and its own address is {}",
                               member.id, member.raft_address, options.self.raft_address));
    }
  }
  if (!ids.empty() && !ids.contains(options.self.id)) {
    return wrong(fmt::format("bootstrap members: {} is not there", options.self.id));
  }
  return {};
}

base::Status check_options(const Raft::Options& options) {
  ZKP_CHECK(raft::encode_address(options.self));
  const std::string& cluster = options.cluster_id;
  if (cluster.empty() || cluster.size() > kMostClusterIdBytes ||
      cluster.find_first_of(" \n") != std::string::npos) {
    return wrong(
        fmt::format("a cluster's id: want 1 to {} characters without spaces", kMostClusterIdBytes));
  }
  if (options.data_dir.empty()) return wrong("Raft needs a data folder");
  if (options.heartbeat.count() < 1 || options.heartbeat >= options.election) {
    return wrong(fmt::format("Raft's heartbeat of {} ms: want it shorter than the election's {} ms",
                             options.heartbeat.count(), options.election.count()));
  }
  if (options.connect_retry.count() < 1 || options.handshake.count() < 1 ||
      options.snapshot_threshold < 1) {
    return wrong("Raft's times and thresholds must be positive");
  }
  return check_bootstrap_members(options);
}

// A write to a connection that is gone is an error here, and no signal.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

State first_state(const std::string& node_id) {
  State state;
  state.node_id = node_id;
  return state;
}

}  // namespace

// The loop's thread. Requests wait in a queue, and the loop is woken for them; mutex_ is never held
// while a caller's function runs.
class Raft::Thread {
 public:
  using OnChange = std::function<void(const State&)>;
  using Request = std::function<void(raft::Node&, Done)>;

  explicit Thread(Options options)
      : options_(std::move(options)), board_(first_state(options_.self.id)) {}

  base::Status start(OnChange on_change) {
    ZKP_ASSERT(!thread_.joinable());
    ZKP_CHECK(check_options(options_));
    std::promise<base::Status> started;
    thread_ = std::thread([&, on_change = std::move(on_change)] {
      block_sigpipe();
      run(on_change, started);
    });
    base::Status status = started.get_future().get();
    if (!status) thread_.join();
    return status;
  }

  void stop() {
    if (!thread_.joinable()) return;
    ZKP_ASSERT(std::this_thread::get_id() != thread_.get_id());
    {
      const std::lock_guard lock(mutex_);
      running_ = false;
      uv_async_send(&wake_);
    }
    thread_.join();
  }

  void ask(Done done, Request request) {
    if (const base::Status taken = enqueue(done, std::move(request)); !taken) done(taken);
  }

  [[nodiscard]] const raft::Board& board() const { return board_; }

 private:
  struct Waiting {
    Request request;
    Done done;
  };

  base::Status enqueue(const Done& done, Request request) {
    const std::lock_guard lock(mutex_);
    if (!running_) {
      return Error{ErrorCode::failed_precondition, "this coordinator is not running"};
    }
    if (unanswered_ >= kMostRequests) {
      return Error{ErrorCode::resource_exhausted, "too many requests wait for the cluster"};
    }
    ++unanswered_;
    queue_.push_back({std::move(request), [this, done](const base::Status& status) {
                        --unanswered_;
                        done(status);
                      }});
    uv_async_send(&wake_);
    return {};
  }

  void run(const OnChange& on_change, std::promise<base::Status>& started) {
    uv_loop_t loop;
    if (const int failure = uv_loop_init(&loop); failure != 0) {
      return started.set_value(Error{ErrorCode::unavailable, uv_strerror(failure)});
    }
    uv_async_init(&loop, &wake_,
                  [](uv_async_t* wake) { static_cast<Thread*>(wake->data)->on_wake(); });
    wake_.data = this;
    base::Status status;
    {
      raft::Node node(options_, loop, board_, on_change);
      node_ = &node;
      status = node.open();
      if (status.ok()) {
        const std::lock_guard lock(mutex_);
        running_ = true;
      }
      if (status.ok()) {
        started.set_value({});
      } else {
        close();
      }
      uv_run(&loop, UV_RUN_DEFAULT);
    }
    ZKP_ASSERT(uv_loop_close(&loop) == 0);
    if (!status.ok()) started.set_value(std::move(status));
  }

  void on_wake() {
    std::deque<Waiting> taken;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(queue_);
      stopping = !running_;
    }
    for (Waiting& one : taken) one.request(*node_, std::move(one.done));
    if (stopping) close();
  }

  void close() {
    node_->close();
    uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  }

  const Options options_;
  raft::Board board_;
  std::mutex mutex_;
  bool running_ = false;
  std::deque<Waiting> queue_;
  std::atomic<std::size_t> unanswered_ = 0;
  uv_async_t wake_{};
  raft::Node* node_ = nullptr;
  std::thread thread_;
};

Raft::Raft(Options options) : thread_(std::make_unique<Thread>(std::move(options))) {}

Raft::~Raft() { stop(); }

base::Status Raft::start(std::function<void(const State&)> on_change) {
  return thread_->start(std::move(on_change));
}

void Raft::stop() { thread_->stop(); }

State Raft::state() const { return thread_->board().state(); }

std::shared_ptr<const Agreement> Raft::agreement() const { return thread_->board().agreement(); }

void Raft::propose(Command command, Done done) {
  if (const base::Status fits = check(command); !fits) return done(fits);
  thread_->ask(std::move(done), [command = std::move(command)](raft::Node& node, Done answer) {
    node.propose(command, std::move(answer));
  });
}

void Raft::add_member(Member member, Done done) {
  thread_->ask(std::move(done), [member = std::move(member)](raft::Node& node, Done answer) {
    node.add_member(member, std::move(answer));
  });
}

void Raft::remove_member(std::string id, Done done) {
  thread_->ask(std::move(done), [id = std::move(id)](raft::Node& node, Done answer) {
    node.remove_member(id, std::move(answer));
  });
}

void Raft::transfer(std::string id, Done done) {
  thread_->ask(std::move(done), [id = std::move(id)](raft::Node& node, Done answer) {
    node.transfer(id, std::move(answer));
  });
}

}  // namespace zkp::network::consensus
