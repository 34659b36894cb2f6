#include "services/coordinator/coordinator.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/log.h"
#include "services/coordinator/cluster_state.h"
#include "services/coordinator/leader_work.h"
#include "services/coordinator/messages.h"
#include "services/coordinator/worker_sessions.h"

namespace zkp::services::coordinator {
namespace {

namespace asio = boost::asio;
namespace consensus = network::consensus;
namespace rpc = network::rpc;
namespace scheduler = network::scheduler;
namespace store = network::store;
using base::ErrorCode;
using network::task::Term;
using network::task::WorkerId;

constexpr std::size_t kMostQueuedEvents = 100'000;
constexpr auto kFirstRetry = std::chrono::milliseconds(100);
constexpr auto kMostRetry = std::chrono::seconds(2);

template <class... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};

// One thread, loop_, owns all state; mutex_ is for cluster(), which reads it from other threads.
// Whatever blocks runs on pool_, and its result comes back as an event of the loop. A result of an
// earlier leadership is dropped: each carries its term.
class Loop final : public Coordinator, rpc::SessionHandler, rpc::AdministrationHandler {
 public:
  Loop(const CoordinatorOptions& options, CoordinatorPorts ports)
      : options_(options),
        ports_(ports),
        work_(ports.store, ports.artifacts, ports.seal, ports.clock),
        pool_(options.threads) {}
  ~Loop() override { stop(); }

  base::Status open() {
    thread_ = std::thread([this] { loop_.run(); });
    subscription_ = ports_.store.subscribe(
        [this](const store::Hint& hint) { asio::post(loop_, [this, hint] { on_hint(hint); }); });
    return ports_.consensus.start([this](const consensus::State& state) {
      asio::post(loop_, [this, state] { on_consensus(state); });
    });
  }

  void stop() override {
    if (!thread_.joinable()) return;
    ports_.consensus.stop();
    subscription_.reset();
    asio::post(loop_, [this] {
      term_ = {};
      timer_.cancel();
      const std::lock_guard lock(mutex_);
      scheduler_.reset();
      parked_.clear();
      sessions_.close_all();
    });
    idle_.reset();
    asio::post(loop_, [this] { loop_.stop(); });
    thread_.join();
    pool_.stop();
    pool_.join();
  }

  rpc::SessionHandler& sessions() override { return *this; }
  rpc::AdministrationHandler& administration() override { return *this; }

  ClusterState cluster() const override {
    const std::lock_guard lock(mutex_);
    return describe_cluster(ports_.consensus, scheduler_.get());
  }

 private:
  // A worker that waits for somebody to lead.
  struct Parked {
    std::shared_ptr<rpc::Session> session;
    v1::Hello hello;
  };

  // --- from other threads ---------------------------------------------------------------------

  void on_event(const std::shared_ptr<rpc::Session>& session, v1::WorkerEvent event) override {
    if (queued_events_.fetch_add(1) >= kMostQueuedEvents) {
      queued_events_.fetch_sub(1);
      session->close();
      return;
    }
    asio::post(loop_, [this, session, event = std::move(event)]() mutable {
      queued_events_.fetch_sub(1);
      on_worker_event(session, std::move(event));
    });
  }

  void on_closed(const std::shared_ptr<rpc::Session>& session) override {
    asio::post(loop_, [this, session] {
      std::erase_if(parked_, [&](const Parked& parked) { return parked.session == session; });
      const std::optional<WorkerId> worker = sessions_.remove(session);
      if (worker && scheduler_) feed(scheduler::WorkerLeft{*worker});
    });
  }

  v1::ClusterDescription describe() override { return write_description(cluster()); }

  void add_coordinator(const v1::CoordinatorAddress& coordinator, Done done) override {
    ports_.consensus.add_member({.id = coordinator.id(),
                                 .raft_address = coordinator.raft_address(),
                                 .worker_address = coordinator.worker_address(),
                                 .http_address = coordinator.http_address(),
                                 .voter = coordinator.voter()},
                                std::move(done));
  }
  void remove_coordinator(const std::string& id, Done done) override {
    ports_.consensus.remove_member(id, std::move(done));
  }
  void transfer_leadership(const std::string& id, Done done) override {
    ports_.consensus.transfer(id, std::move(done));
  }
  void drain_worker(const std::string& id, Done done) override {
    asio::post(loop_,
               [this, worker = WorkerId{id}, done = std::move(done)] { drain(worker, done); });
  }

  // --- who leads ------------------------------------------------------------------------------

  void on_consensus(const consensus::State& state) {
    if (!state.leader_id.empty() &&
        (state.leader_id != announced_.leader_id || state.term != announced_.term)) {
      base::log_info("Leader elected: {} (term {})", state.leader_id, state.term);
      announced_ = state;
    }
    if (!state.failure.empty() && !std::exchange(failed_, true) && options_.on_failure) {
      options_.on_failure(state.failure);
    }
    leader_address_ = state.role == consensus::Role::leader ? "" : state.leader_address;
    if (!leader_address_.empty()) release_parked();
    const Term term{state.role == consensus::Role::leader ? state.term : 0};
    if (term == term_) return;
    if (term_.value != 0) step_down();
    if (term.value != 0 && term > fenced_) take_over(term);
  }

  void take_over(Term term) {
    term_ = term;
    run<scheduler::TookOver>([this, term] { return work_.take_over(term); },
                             [this](scheduler::TookOver event) {
                               base::log_info("This coordinator leads, with {} attempts in flight",
                                              event.in_flight.size());
                               {
                                 const std::lock_guard lock(mutex_);
                                 scheduler::Options options = options_.scheduler;
                                 options.seed = ports_.random.next_u64();
                                 scheduler_ = std::make_unique<scheduler::Scheduler>(options);
                               }
                               event.workers = read_records(*ports_.consensus.agreement());
                               feed(std::move(event));
                               release_parked();
                             });
  }

  void step_down() {
    term_ = {};
    timer_.cancel();
    const std::lock_guard lock(mutex_);
    scheduler_.reset();
    sessions_.redirect_all(leader_address_);
  }

  void on_fenced() {
    base::log_error("A newer leader than that of term {} has taken over; stepping down",
                    term_.value);
    fenced_ = term_;
    step_down();
  }

  // --- events ---------------------------------------------------------------------------------

  void on_hint(const store::Hint& hint) {
    if (!scheduler_) return;
    switch (hint.kind) {
      case store::Hint::Kind::submitted:
        feed(scheduler::TaskSubmitted{});
        return;
      case store::Hint::Kind::task_changed:
        if (network::task::is_terminal(hint.status)) feed(scheduler::TaskEnded{hint.id});
        return;
      case store::Hint::Kind::circuit_changed:
        feed(scheduler::CircuitChanged{});
        return;
    }
  }

  void on_worker_event(const std::shared_ptr<rpc::Session>& session, v1::WorkerEvent event) {
    const WorkerId* known = sessions_.worker_of(session);
    if (known == nullptr && event.has_hello()) {
      on_hello(session, event.hello());
    } else if (known != nullptr) {
      auto read = read_event(*known, std::move(event));
      if (read.ok()) {
        feed(*std::move(read));
      } else {
        reject(session, read.error());
      }
    }  // else: it is parked, or its connection was given up
  }

  void on_hello(const std::shared_ptr<rpc::Session>& session, const v1::Hello& hello) {
    if (!scheduler_ && leader_address_.empty()) {
      park({session, hello});
      return;
    }
    if (!scheduler_) {
      redirect(session);
      return;
    }
    auto joined = read_hello(hello);
    if (!joined.ok()) {
      reject(session, joined.error());
      return;
    }
    base::log_info("Worker {} registration successful: {} slots, {} attempts brought along",
                   joined->worker.value, joined->slots, joined->running.size());
    sessions_.add(joined->worker, session);
    feed(*std::move(joined));
    keep_records();
  }

  // --- what the next leader must know of workers ----------------------------------------------

  // Proposes what the agreement lacks, a change at a time. Asked again at every tick, so a proposal
  // that is lost does no harm.
  void keep_records() {
    if (!scheduler_ || proposing_ || drains_ > 0) return;
    const auto changes = changes_of(*ports_.consensus.agreement(), scheduler_->worker_records());
    if (changes.empty()) return;
    proposing_ = true;
    ports_.consensus.propose(changes.front(), [this](const base::Status& status) {
      asio::post(loop_, [this, ok = status.ok()] {
        proposing_ = false;
        if (ok) keep_records();
      });
    });
  }

  // Told to the worker once it is agreed on, so that no change of leader forgets it.
  void drain(const WorkerId& worker, const Done& done) {
    if (!scheduler_) {
      done(base::Error{ErrorCode::failed_precondition, "another coordinator leads"});
      return;
    }
    const auto records = scheduler_->worker_records();
    const auto known = records.find(worker);
    if (known == records.end()) {
      done(base::Error{ErrorCode::not_found, "no such worker: " + worker.value});
      return;
    }
    const consensus::WorkerRecord record{
        .draining = true, .quarantined = known->second.quarantined, .reason = known->second.reason};
    ++drains_;  // what is agreed on is ahead of the scheduler until then
    ports_.consensus.propose({worker.value, record}, [this, worker, done](const base::Status& s) {
      asio::post(loop_, [this, worker, done, s] {
        --drains_;
        if (s.ok() && scheduler_) feed(scheduler::DrainRequested{worker});
        done(s);
      });
    });
  }

  void redirect(const std::shared_ptr<rpc::Session>& session) {
    base::log_info("Not leader, redirecting {} to '{}'", session->peer(), leader_address_);
    session->send(write_redirect(leader_address_));
    session->close();
  }

  // Until somebody leads, or for a while: it may be only this node that does not know.
  void park(Parked parked) {
    auto timer = std::make_shared<asio::steady_timer>(loop_, options_.wait_for_leader);
    timer->async_wait([this, timer, session = std::weak_ptr(parked.session)](const auto& failure) {
      const auto waits = [&](const Parked& other) { return other.session == session.lock(); };
      if (failure) return;
      const auto found = std::ranges::find_if(parked_, waits);
      if (found == parked_.end()) return;
      redirect(found->session);
      parked_.erase(found);
    });
    parked_.push_back(std::move(parked));
  }

  void release_parked() {
    for (const Parked& parked : std::exchange(parked_, {})) on_hello(parked.session, parked.hello);
  }

  void reject(const std::shared_ptr<rpc::Session>& session, const base::Error& error) {
    base::log_warning("The connection of {} is ended: {}", session->peer(), error.message);
    session->close();
  }

  void feed(scheduler::Event event) {
    scheduler::Effects effects;
    {
      const std::lock_guard lock(mutex_);
      effects = scheduler_->on(std::move(event), ports_.clock.now());
    }
    for (scheduler::Effect& effect : effects) execute(std::move(effect));
    set_timer();
  }

  void set_timer() {
    const base::Duration left = scheduler_->next_tick() - ports_.clock.now();
    timer_.expires_after(std::max(left, base::Duration(1)));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || !scheduler_) return;
      feed(scheduler::Tick{});
      keep_records();
    });
  }

  // --- effects --------------------------------------------------------------------------------

  void execute(scheduler::Effect effect) {
    std::visit(Overloaded{
                   [&](scheduler::Welcome& e) { sessions_.send(e.worker, write_welcome()); },
                   [&](scheduler::SendAssign& e) {
                     ZKP_ASSERT(assign_.has_value());
                     base::log_info("Task assigned to worker {}: {} (attempt {})", e.worker.value,
                                    e.ref.task.to_string(), e.ref.attempt.value);
                     sessions_.send(e.worker, *std::exchange(assign_, std::nullopt));
                   },
                   [&](scheduler::SendCancel& e) { sessions_.send(e.worker, write_cancel(e.ref)); },
                   [&](scheduler::SendAck& e) { sessions_.send(e.worker, write_ack(e.ref)); },
                   [&](scheduler::SendSetup& e) {
                     base::log_info("Key of {} asked of worker {}", e.circuit.value,
                                    e.worker.value);
                     sessions_.send(e.worker, write_setup(e.circuit));
                   },
                   [&](scheduler::SendCancelSetup& e) {
                     sessions_.send(e.worker, write_cancel_setup(e.circuit));
                   },
                   [&](scheduler::SendDrain& e) {
                     v1::Instruction instruction;
                     instruction.mutable_drain();
                     sessions_.send(e.worker, std::move(instruction));
                   },
                   [&](scheduler::Disconnect& e) {
                     base::log_warning("Worker {} is disconnected: {}", e.worker.value, e.reason);
                     sessions_.close(e.worker);
                   },
                   [&](scheduler::Quarantined& e) {
                     base::log_error("Worker {} is quarantined: {}", e.worker.value, e.reason);
                   },
                   [&](auto& e) { run_on_store(std::move(e)); },
               },
               effect);
  }

  v1::Instruction write_welcome() const {
    v1::Instruction instruction;
    v1::Welcome& welcome = *instruction.mutable_welcome();
    welcome.set_term(term_.value);
    welcome.set_heartbeat_ms(static_cast<std::uint32_t>(options_.scheduler.heartbeat.count()));
    welcome.set_lease_ms(static_cast<std::uint32_t>(options_.scheduler.lease().count()));
    return instruction;
  }

  void run_on_store(scheduler::Effect effect) {
    run<Answer>([this, term = term_,
                 effect = std::make_shared<const scheduler::Effect>(
                     std::move(effect))] { return work_.carry_out(term, *effect); },
                [this](Answer answer) {
                  assign_ = std::move(answer.assign);
                  if (answer.event) feed(*std::move(answer.event));
                  assign_.reset();  // the attempt is not wanted any more
                });
  }

  // Runs `job` on the pool until it succeeds, this leadership ends or a newer one fences it off.
  // Its value goes to `done`, on the loop.
  template <class T>
  void run(std::function<base::Result<T>()> job, std::function<void(T)> done,
           base::Duration retry = kFirstRetry) {
    asio::post(pool_, [this, term = term_, job = std::move(job), done = std::move(done), retry] {
      auto result = std::make_shared<base::Result<T>>(job());
      asio::post(loop_, [this, term, job, done, retry, result] {
        if (term != term_) return;
        if (result->ok()) {
          done(std::move(*result).value());
        } else if (result->error().code == ErrorCode::failed_precondition) {
          on_fenced();
        } else {
          run_later<T>(job, done, retry, result->error());
        }
      });
    });
  }

  template <class T>
  void run_later(const std::function<base::Result<T>()>& job, const std::function<void(T)>& done,
                 base::Duration delay, const base::Error& error) {
    base::log_warning("The store did not answer, and is asked again: {}", error.message);
    auto timer = std::make_shared<asio::steady_timer>(loop_, delay);
    timer->async_wait([this, timer, term = term_, job, done, delay](const auto& failure) {
      if (failure || term != term_) return;
      run<T>(job, done, std::min<base::Duration>(2 * delay, kMostRetry));
    });
  }

  const CoordinatorOptions options_;
  const CoordinatorPorts ports_;
  LeaderWork work_;

  // The loop's.
  Term term_;    // that is led or being taken over; 0: none
  Term fenced_;  // the last one that the store refused
  consensus::State announced_;
  bool failed_ = false;         // on_failure was called
  std::string leader_address_;  // where workers are sent
  bool proposing_ = false;      // a change of the workers' records is under way
  std::size_t drains_ = 0;      // proposals of drains that are under way
  std::vector<Parked> parked_;
  std::optional<v1::Instruction> assign_;  // what the event being fed made ready
  WorkerSessions sessions_;
  mutable std::mutex mutex_;
  std::unique_ptr<scheduler::Scheduler> scheduler_;  // there is one while we lead; see mutex_

  std::atomic<std::size_t> queued_events_ = 0;
  std::unique_ptr<store::Store::Subscription> subscription_;
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> idle_{loop_.get_executor()};
  asio::steady_timer timer_{loop_};
  asio::thread_pool pool_;
  std::thread thread_;
};

}  // namespace

base::Result<std::unique_ptr<Coordinator>> Coordinator::start(const CoordinatorOptions& options,
                                                              CoordinatorPorts ports) {
  auto loop = std::make_unique<Loop>(options, ports);
  ZKP_CHECK(loop->open());
  return std::unique_ptr<Coordinator>(std::move(loop));
}

}  // namespace zkp::services::coordinator
