#include "network/store/sqlite/sqlite_store.h"

#include <mutex>

#include "network/store/hint_board.h"
#include "network/store/sqlite/connection.h"
#include "network/store/sqlite/folder_lock.h"
#include "network/store/sqlite/migrations.h"
#include "network/store/sqlite/rows.h"
#include "network/store/sqlite/transitions.h"
#include "network/store/sqlite/writer.h"

namespace zkp::network::store {
namespace {

using base::Time;
using sqlite::Connection;
using sqlite::Hints;
using task::Task;

// Connections for reading, as many as callers read at once; a few are kept for the next ones.
class Readers {
 public:
  explicit Readers(std::filesystem::path file) : file_(std::move(file)) {}

  // read(Connection&) -> Result<T>
  template <class Read>
  auto use(Read read) -> std::invoke_result_t<Read, Connection&> {
    auto connection = take();
    if (!connection) return std::move(connection).error();
    auto result = read(**connection);
    give_back(*std::move(connection));
    return result;
  }

 private:
  static constexpr std::size_t kMostKept = 8;

  base::Result<std::unique_ptr<Connection>> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return Connection::open(file_, Connection::Mode::read);
  }
  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostKept) idle_.push_back(std::move(connection));
  }

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(sqlite::FolderLock lock, const std::filesystem::path& file,
              std::unique_ptr<Connection> connection)
      : lock_(std::move(lock)),
        readers_(file),
        writer_(std::move(connection), [this](const Hints& hints) { board_.post(hints); }) {}

  base::Result<Submitted> submit(const Submission& submission, std::size_t most_pending) override {
    return writer_.write([&](Connection& connection, Hints& hints) {
      return sqlite::submit(connection, hints, submission, most_pending);
    });
  }
  base::Result<Task> find(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return sqlite::find_task(c, id); });
  }
  base::Result<std::vector<Task>> list(const TaskFilter& filter) override {
    return readers_.use([&](Connection& c) { return sqlite::list_tasks(c, filter); });
  }
  base::Result<Counts> counts() override { return readers_.use(sqlite::count_tasks); }
  base::Result<Task> cancel(const TaskId& id, Time now) override {
    return writer_.write([&](Connection& connection, Hints& hints) {
      return sqlite::cancel(connection, hints, id, now);
    });
  }

  base::Result<Circuit> find_circuit(const CircuitId& id) override {
    return readers_.use([&](Connection& c) { return sqlite::find_circuit(c, id); });
  }
  base::Result<Circuit> find_circuit_by_key(const std::string& key_digest) override {
    return readers_.use([&](Connection& c) { return sqlite::find_circuit_by_key(c, key_digest); });
  }
  base::Result<std::vector<Circuit>> circuits_of(const std::string& circuit_type) override {
    return readers_.use([&](Connection& c) { return sqlite::circuits_of(c, circuit_type); });
  }
  base::Result<std::vector<Circuit>> registered_circuits(const std::string& after,
                                                         std::size_t limit) override {
    return readers_.use(
        [&](Connection& c) { return sqlite::registered_circuits(c, after, limit); });
  }
  base::Result<Circuit> register_circuit(const Circuit& circuit) override {
    return writer_.write([&](Connection& connection, Hints&) {
      return sqlite::register_circuit(connection, circuit);
    });
  }

  base::Status check() override { return readers_.use(sqlite::check_version); }

  std::unique_ptr<Subscription> subscribe(Listener listener) override {
    return board_.subscribe(std::move(listener));
  }

  base::Status take_leadership(Term term) override {
    return writer_.write(
        [&](Connection& connection, Hints&) { return sqlite::take_leadership(connection, term); });
  }
  base::Result<Term> last_term() override { return readers_.use(sqlite::last_term); }

  base::Result<std::vector<ClaimedTask>> claim(Term term, std::size_t limit, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::claim(connection, hints, limit, now);
    });
  }
  base::Result<Outcome> assign(Term term, const TaskId& id, Attempt attempt, const WorkerId& worker,
                               Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::assign(connection, hints, {term, id, attempt, now}, worker);
    });
  }
  base::Result<Outcome> start(Term term, const TaskId& id, Attempt attempt, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::start(connection, hints, {term, id, attempt, now});
    });
  }
  base::Status report_progress(Term term, const std::vector<Progress>& progress) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::report_progress(connection, hints, progress);
    });
  }
  base::Result<Outcome> complete(Term term, const TaskId& id, Attempt attempt,
                                 const task::Proof& proof, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::complete(connection, hints, {term, id, attempt, now}, proof);
    });
  }
  base::Result<Outcome> release(Term term, const TaskId& id, Attempt attempt,
                                const Release& release, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::release(connection, hints, {term, id, attempt, now}, release);
    });
  }
  base::Result<Outcome> fail(Term term, const TaskId& id, Attempt attempt,
                             const task::Failure& failure, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::fail(connection, hints, {term, id, attempt, now}, failure);
    });
  }
  base::Result<std::vector<TaskId>> fail_overdue(Term term, std::size_t limit, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::fail_overdue(connection, hints, limit, now);
    });
  }
  base::Result<base::Bytes> sealed_inputs(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return sqlite::find_inputs(c, id); });
  }
  base::Result<std::vector<Task>> in_flight() override {
    return readers_.use(sqlite::tasks_in_flight);
  }
  base::Result<std::optional<Time>> next_due(Time now) override {
    return readers_.use([&](Connection& c) { return sqlite::next_due(c, now); });
  }

  base::Result<std::vector<Circuit>> wanted_circuits() override {
    return readers_.use(sqlite::wanted_circuits);
  }
  base::Result<Circuit> publish_circuit(Term term, const Circuit& circuit) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::publish_circuit(connection, hints, circuit);
    });
  }
  base::Result<std::vector<TaskId>> fail_circuit(Term term, const CircuitId& id,
                                                 const task::Failure& failure, Time now) override {
    return lead(term, [&](Connection& connection, Hints& hints) {
      return sqlite::fail_circuit(connection, hints, id, failure, now);
    });
  }
  base::Result<std::size_t> remove_finished(Term term, Time before, std::size_t limit) override {
    return lead(term, [&](Connection& connection, Hints&) {
      return sqlite::remove_finished(connection, before, limit);
    });
  }
  base::Result<std::vector<AttemptRecord>> attempts_of(const TaskId& id) override {
    return readers_.use([&](Connection& c) { return sqlite::attempts_of(c, id); });
  }

 private:
  // A write that only happens while `term` leads.
  template <class Operation>
  auto lead(Term term, Operation operation)
      -> std::invoke_result_t<Operation, Connection&, Hints&> {
    using Answer = std::invoke_result_t<Operation, Connection&, Hints&>;
    return writer_.write([&](Connection& connection, Hints& hints) -> Answer {
      ZKP_CHECK(sqlite::fence(connection, term));
      return operation(connection, hints);
    });
  }

  sqlite::FolderLock lock_;
  HintBoard board_;
  Readers readers_;
  sqlite::Writer writer_;  // last: its thread posts to the board
};

}  // namespace

base::Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& folder) {
  ZKP_TRY(sqlite::FolderLock lock, sqlite::FolderLock::take(folder));
  const std::filesystem::path file = folder / "zkp.db";
  ZKP_TRY(std::unique_ptr<Connection> connection, Connection::open(file, Connection::Mode::write));
  ZKP_CHECK(sqlite::migrate(*connection));
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(lock), file, std::move(connection)));
}

}  // namespace zkp::network::store
