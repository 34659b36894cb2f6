#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "network/store/postgres/postgres_options.h"
#include "network/store/postgres/values.h"

// PostgreSQL as the store uses it: errors as Result, nothing waits longer than it was allowed to,
// statements prepared once, all steps of a transaction in one round trip (pipeline mode).
namespace zkp::network::store::postgres {

// Both literals: they live as long as the program. The name is the statement's own.
struct Statement {
  const char* name;
  const char* sql;
};

// One connection to a server. One thread at a time.
class Connection {
 public:
  // unavailable if no server answers in time.
  static base::Result<std::unique_ptr<Connection>> open(const PostgresOptions& options);

  // False once the server has hung up or has failed to answer. Looks, but does not ask: a server
  // that vanished without a word is noticed by the next call. What failed while it was alive was
  // refused by the server; what failed and left it dead has an outcome that nobody knows.
  [[nodiscard]] bool alive();

  // One statement, a transaction of its own.
  base::Result<Rows> query(const Statement& statement, const Params& params = {});

  struct Step {
    const Statement* statement;
    const Params* params;
  };
  struct Outcome {
    std::vector<Rows> rows;  // of each step; without an error
    std::optional<base::Error> error;
    // The step that was refused; none if it was the commit, or if the connection broke.
    std::optional<std::size_t> failed_step;
    // Refused for what another transaction did (a deadlock): it may succeed in the next one.
    bool may_retry = false;
  };
  using Deadline = std::chrono::steady_clock::time_point;
  // All steps, or none, with one commit.
  Outcome transact(std::span<const Step> steps, Deadline deadline);

  // Statements without values, separated by ';'. Waits up to `timeout`.
  base::Status script(const char* sql, std::chrono::milliseconds timeout);

  // For waiting for notifications: readable when something came in.
  [[nodiscard]] int socket() const { return PQsocket(handle_.get()); }
  // Payloads that other connections have sent on the channels this one listens to.
  std::vector<std::string> notifications();

 private:
  struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  struct Sent;

  Connection(PGconn* handle, std::chrono::milliseconds call_timeout)
      : handle_(handle), call_timeout_(call_timeout) {}

  base::Status prepare_session();
  Outcome run(std::span<const Step> steps, bool one_transaction, Deadline deadline);
  void roll_back(Deadline deadline);
  bool send(std::span<const Step> steps, bool one_transaction, std::vector<Sent>& sent);
  bool send_step(const Step& step);
  void receive(const std::vector<Sent>& sent, Deadline deadline, Outcome& outcome);
  Rows::Handle next_result(Deadline deadline);
  bool wait_until_ready(Deadline deadline);
  base::Error give_up(std::string_view why);

  std::unique_ptr<PGconn, Finish> handle_;
  std::chrono::milliseconds call_timeout_;
  bool broken_ = false;
  std::unordered_set<const char*> prepared_;  // names of statements
};

}  // namespace zkp::network::store::postgres
