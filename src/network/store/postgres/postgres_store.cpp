#include "network/store/postgres/postgres_store.h"

#include "network/store/hint_board.h"
#include "network/store/postgres/hint_channel.h"
#include "network/store/postgres/lost_claims.h"
#include "network/store/postgres/migrations.h"
#include "network/store/postgres/pool.h"
#include "network/store/postgres/rows.h"
#include "network/store/postgres/transitions.h"
#include "network/store/postgres/writer.h"

namespace zkp::network::store {
namespace {

using base::ErrorCode;
using base::Time;
using postgres::Call;
using postgres::Connection;
using postgres::Hints;
using postgres::Rows;
using task::Status;
using task::Task;

constexpr int kTakeovers = 3;

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(const PostgresOptions& options)
      : channel_(options, board_), readers_(options), writer_(options) {}

  base::Result<Submitted> submit(const Submission& submission, std::size_t most_pending) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::submit(submission, most_pending)));
    ZKP_TRY(const postgres::SubmitAnswer answer, postgres::read_submitted(rows));
    if (answer.earlier) {
      ZKP_TRY(Task task, find(*answer.earlier));
      return Submitted{std::move(task), false};
    }
    Hints hints;
    if (answer.circuit_is_new) hints.push_back({Hint::Kind::circuit_changed, {}, {}});
    hints.push_back({Hint::Kind::submitted, submission.id, Status::pending});
    announce(hints);
    return Submitted{postgres::accepted_task(submission), true};
  }
  base::Result<Task> find(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return postgres::find_task(c, id); });
  }
  base::Result<std::vector<Task>> list(const TaskFilter& filter) override {
    return readers_.use([&](Connection& c) { return postgres::list_tasks(c, filter); });
  }
  base::Result<Counts> counts() override { return readers_.use(postgres::count_tasks); }
  base::Result<Task> cancel(const TaskId& id, Time now) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::cancel(id, now)));
    ZKP_TRY(Task task, postgres::read_cancelled(rows, id));
    announce({{Hint::Kind::task_changed, id, Status::cancelled}});
    return task;
  }

  base::Result<Circuit> find_circuit(const CircuitId& id) override {
    return readers_.use([&](Connection& c) { return postgres::find_circuit(c, id); });
  }
  base::Result<Circuit> find_circuit_by_key(const std::string& key_digest) override {
    return readers_.use(
        [&](Connection& c) { return postgres::find_circuit_by_key(c, key_digest); });
  }
  base::Result<std::vector<Circuit>> circuits_of(const std::string& circuit_type) override {
    return readers_.use([&](Connection& c) { return postgres::circuits_of(c, circuit_type); });
  }
  base::Result<std::vector<Circuit>> registered_circuits(const std::string& after,
                                                         std::size_t limit) override {
    return readers_.use(
        [&](Connection& c) { return postgres::registered_circuits(c, after, limit); });
  }
  base::Result<Circuit> register_circuit(const Circuit& circuit) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::register_circuit(circuit)));
    return find_circuit({rows.text(0, 0)});
  }

  base::Status check() override { return readers_.use(postgres::check_version); }

  std::unique_ptr<Subscription> subscribe(Listener listener) override {
    return board_.subscribe(std::move(listener));
  }

  base::Status take_leadership(Term term) override {
    for (int takeover = 1;; ++takeover) {
      const auto taken = writer_.run(postgres::take_leadership(term));
      if (taken) return {};
      if (taken.error().code != ErrorCode::unavailable || takeover == kTakeovers) {
        return taken.error();
      }
      ZKP_CHECK(readers_.use([](Connection& c) { return c.query(postgres::kEvictLeaders); }));
    }
  }
  base::Result<Term> last_term() override { return readers_.use(postgres::last_term); }

  base::Result<std::vector<ClaimedTask>> claim(Term term, std::size_t limit, Time now) override {
    const std::uint64_t number = random_.next_u64() >> 1U;  // as a bigint holds it
    const auto lost = lost_claims_.of(term, postgres::LostClaims::Clock::now());
    const auto rows = writer_.run(postgres::claim(term, limit, now, number, lost));
    if (!rows && rows.error().code == ErrorCode::unavailable) {
      lost_claims_.add(term, number, postgres::LostClaims::Clock::now());
    }
    if (!rows) return rows.error();
    ZKP_TRY(std::vector<ClaimedTask> claimed, postgres::read_claimed(*rows));
    Hints hints;
    for (const ClaimedTask& next : claimed) {
      hints.push_back({Hint::Kind::task_changed, next.task.id, Status::assigned});
    }
    announce(hints);
    return claimed;
  }
  base::Result<Outcome> assign(Term term, const TaskId& id, Attempt attempt, const WorkerId& worker,
                               Time now) override {
    return step(postgres::assign({term, id, attempt, now}, worker), id, Status::assigned);
  }
  base::Result<Outcome> start(Term term, const TaskId& id, Attempt attempt, Time now) override {
    return step(postgres::start({term, id, attempt, now}), id, Status::running);
  }
  base::Status report_progress(Term term, const std::vector<Progress>& progress) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::report_progress(term, progress)));
    ZKP_TRY(const Hints hints, postgres::read_progress_hints(rows));
    announce(hints);
    return {};
  }
  base::Result<Outcome> complete(Term term, const TaskId& id, Attempt attempt,
                                 const task::Proof& proof, Time now) override {
    return step(postgres::complete({term, id, attempt, now}, proof), id, Status::completed);
  }
  base::Result<Outcome> release(Term term, const TaskId& id, Attempt attempt,
                                const Release& release, Time now) override {
    return step(postgres::release({term, id, attempt, now}, release), id, Status::pending);
  }
  base::Result<Outcome> fail(Term term, const TaskId& id, Attempt attempt,
                             const task::Failure& failure, Time now) override {
    return step(postgres::fail({term, id, attempt, now}, failure), id, Status::failed);
  }
  base::Result<std::vector<TaskId>> fail_overdue(Term term, std::size_t limit, Time now) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::fail_overdue(term, limit, now)));
    return failed(rows, {});
  }
  base::Result<base::Bytes> sealed_inputs(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return postgres::find_inputs(c, id); });
  }
  base::Result<std::vector<Task>> in_flight() override {
    return readers_.use(postgres::tasks_in_flight);
  }
  base::Result<std::optional<Time>> next_due(Time now) override {
    return readers_.use([&](Connection& c) { return postgres::next_due(c, now); });
  }

  base::Result<std::vector<Circuit>> wanted_circuits() override {
    return readers_.use(postgres::wanted_circuits);
  }
  base::Result<Circuit> publish_circuit(Term term, const Circuit& circuit) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::publish_circuit(term, circuit)));
    if (rows.flag(0, 0)) announce({{Hint::Kind::circuit_changed, {}, {}}});
    return find_circuit(circuit.id);
  }
  base::Result<std::vector<TaskId>> fail_circuit(Term term, const CircuitId& id,
                                                 const task::Failure& failure, Time now) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::fail_circuit(term, id, failure, now)));
    return failed(rows, {{Hint::Kind::circuit_changed, {}, {}}});
  }
  base::Result<std::size_t> remove_finished(Term term, Time before, std::size_t limit) override {
    ZKP_TRY(const Rows rows, writer_.run(postgres::remove_finished(term, before, limit)));
    return static_cast<std::size_t>(rows.unsigned_number(0, 0));
  }
  base::Result<std::vector<AttemptRecord>> attempts_of(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return postgres::attempts_of(c, id); });
  }

 private:
  // A leader's transition of one task to `status`.
  base::Result<Outcome> step(Call call, const TaskId& id, Status status) {
    ZKP_TRY(const Rows rows, writer_.run(std::move(call)));
    if (!rows.flag(0, 0)) return Outcome::superseded;
    announce({{Hint::Kind::task_changed, id, status}});
    return Outcome::applied;
  }
  // Tasks that a call has failed.
  base::Result<std::vector<TaskId>> failed(const Rows& rows, Hints hints) {
    ZKP_TRY(std::vector<TaskId> ids, postgres::read_ids(rows));
    for (const TaskId& id : ids) hints.push_back({Hint::Kind::task_changed, id, Status::failed});
    announce(hints);
    return ids;
  }
  // After a commit: here at once, elsewhere soon.
  void announce(const Hints& hints) {
    board_.post(hints);
    channel_.send(hints);
  }

  base::SystemRandom random_;
  postgres::LostClaims lost_claims_;
  HintBoard board_;
  postgres::HintChannel channel_;
  postgres::Pool readers_;
  postgres::Writer writer_;
};

}  // namespace

base::Result<std::unique_ptr<Store>> open_postgres_store(const PostgresOptions& options) {
  ZKP_TRY(const std::unique_ptr<Connection> connection, Connection::open(options));
  ZKP_CHECK(postgres::migrate(*connection));
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(options));
}

}  // namespace zkp::network::store
