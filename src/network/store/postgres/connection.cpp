#include "network/store/postgres/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>

#include <fmt/format.h>

namespace zkp::network::store::postgres {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::steady_clock;

constexpr Statement kPrepareSession{
    "prepare_session",
    // Whatever the database's owner chose but `off`: what is acknowledged is on disk.
    "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false), "
    "set_config('idle_in_transaction_session_timeout', $1, false), "
    "set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), "
    "'off'), 'on'), false)"};
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

// See api/sql/postgres/0002_transitions.sql.
constexpr std::string_view kFenced = "ZK001";

// In the first column the code's beginning; the first that fits counts.
constexpr std::array<std::pair<std::string_view, ErrorCode>, 15> kCodes = {{
    {"08", ErrorCode::unavailable},          // connection
    {"22021", ErrorCode::invalid_argument},  // a text that is not UTF-8
    {"22P05", ErrorCode::invalid_argument},
    {"23505", ErrorCode::conflict},     // a unique name is taken
    {"25006", ErrorCode::unavailable},  // a standby
    {"25P03", ErrorCode::unavailable},  // stood still in a transaction
    {"40", ErrorCode::unavailable},     // deadlock
    {"42501", ErrorCode::permission_denied},
    {"53100", ErrorCode::resource_exhausted},  // the disk is full
    {"53", ErrorCode::unavailable},            // connections, memory
    {"54", ErrorCode::too_large},
    {"55P03", ErrorCode::unavailable},  // a lock was not to be had in time
    {"57", ErrorCode::unavailable},     // cancelled, shut down
    {"58", ErrorCode::unavailable},     // the server's operating system
    {"XX", ErrorCode::data_loss},
}};

const char* field(const PGresult* result, int name) {
  const char* text = PQresultErrorField(result, name);
  return text == nullptr ? "" : text;
}

// The primary message only: the detail may quote values.
Error error_of(const PGresult* result) {
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  const char* message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == kFenced) return {ErrorCode::failed_precondition, message};
  const auto* const known =
      std::ranges::find_if(kCodes, [&](const auto& code) { return state.starts_with(code.first); });
  return {known == kCodes.end() ? ErrorCode::internal : known->second,
          fmt::format("database: {} ({})", message, state)};
}

bool ends_the_session(const PGresult* result) {
  const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

std::string milliseconds(std::chrono::milliseconds time) {
  return fmt::format("{}ms", time.count());
}

bool send_text(PGconn* handle, const char* sql) {
  return PQsendQueryParams(handle, sql, 0, nullptr, nullptr, nullptr, nullptr, 1) == 1;
}

void ignore_notice(void* /*unused*/, const PGresult* /*unused*/) {}

}  // namespace

// What a pipeline was sent, in order: each is answered once.
struct Connection::Sent {
  enum class What { boundary, preparation, step } what;  // boundary: of a transaction
  std::size_t step;
  const char* statement;
};

base::Result<std::unique_ptr<Connection>> Connection::open(const PostgresOptions& options) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout);
  const std::string timeout = std::to_string(seconds.count());
  // What stands before dbname gives way to what the connection string says.
  struct Setting {
    const char *keyword, *value;
  };
  const std::array settings = {Setting{"fallback_application_name", "zkp"},
                               Setting{"target_session_attrs", "read-write"},
                               Setting{"keepalives_idle", "10"},
                               Setting{"keepalives_interval", "3"},
                               Setting{"keepalives_count", "3"},
                               Setting{"dbname", options.connection.c_str()},
                               Setting{"connect_timeout", timeout.c_str()},
                               Setting{"client_encoding", "UTF8"},
                               Setting{nullptr, nullptr}};
  std::array<const char*, settings.size()> keywords{}, values{};
  std::ranges::transform(settings, keywords.begin(), &Setting::keyword);
  std::ranges::transform(settings, values.begin(), &Setting::value);
  PGconn* handle = PQconnectdbParams(keywords.data(), values.data(), 1);
  if (handle == nullptr) return Error{ErrorCode::resource_exhausted, "database: out of memory"};
  std::unique_ptr<Connection> connection(new Connection(handle, options.call_timeout));
  if (PQstatus(handle) != CONNECTION_OK) return connection->give_up("cannot connect");
  PQsetNoticeReceiver(handle, ignore_notice, nullptr);
  if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) {
    return connection->give_up("cannot set up a connection");
  }
  ZKP_CHECK(connection->prepare_session());
  return connection;
}

base::Status Connection::prepare_session() {
  Params params;
  params.text(milliseconds(call_timeout_ - call_timeout_ / 8))
      .text(milliseconds(call_timeout_ / 2));
  ZKP_CHECK(query(kPrepareSession, params));
  return {};
}

bool Connection::alive() {
  if (broken_ || PQstatus(handle_.get()) != CONNECTION_OK) return false;
  // A server that shuts down says so before it hangs up: read to the end.
  pollfd ready{.fd = socket(), .events = POLLIN, .revents = 0};
  while (!broken_ && ::poll(&ready, 1, 0) == 1) broken_ = PQconsumeInput(handle_.get()) != 1;
  return !broken_;
}

base::Result<Rows> Connection::query(const Statement& statement, const Params& params) {
  const std::array steps = {Step{&statement, &params}};
  Outcome outcome = run(steps, false, steady_clock::now() + call_timeout_);
  if (outcome.error) return *std::move(outcome.error);
  return std::move(outcome.rows.front());
}

Connection::Outcome Connection::transact(std::span<const Step> steps, Deadline deadline) {
  Outcome outcome = run(steps, true, deadline);
  if (!broken_ && PQtransactionStatus(handle_.get()) == PQTRANS_INERROR) roll_back(deadline);
  return outcome;
}

Connection::Outcome Connection::run(std::span<const Step> steps, bool one_transaction,
                                    Deadline deadline) {
  Outcome outcome;
  std::vector<Sent> sent;
  if (send(steps, one_transaction, sent)) {
    receive(sent, deadline, outcome);
  } else {
    outcome.error = give_up("cannot send");
  }
  return outcome;
}

// Without it the connection is of no use.
void Connection::roll_back(Deadline deadline) {
  Outcome outcome;
  if (send_text(handle_.get(), "ROLLBACK") && PQpipelineSync(handle_.get()) == 1) {
    receive({{Sent::What::boundary, 0, nullptr}}, deadline, outcome);
  }
  if (PQtransactionStatus(handle_.get()) != PQTRANS_IDLE) broken_ = true;
}

bool Connection::send(std::span<const Step> steps, bool one_transaction, std::vector<Sent>& sent) {
  PGconn* const handle = handle_.get();
  std::unordered_set<const char*> preparing;
  if (one_transaction) {
    if (!send_text(handle, kBegin)) return false;
    sent.push_back({Sent::What::boundary, 0, nullptr});
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Statement& statement = *steps[i].statement;
    if (!prepared_.contains(statement.name) && preparing.insert(statement.name).second) {
      if (PQsendPrepare(handle, statement.name, statement.sql, 0, nullptr) != 1) return false;
      sent.push_back({Sent::What::preparation, i, statement.name});
    }
    if (!send_step(steps[i])) return false;
    sent.push_back({Sent::What::step, i, statement.name});
  }
  if (one_transaction) {
    if (!send_text(handle, "COMMIT")) return false;
    sent.push_back({Sent::What::boundary, 0, nullptr});
  }
  return PQpipelineSync(handle) == 1;
}

bool Connection::send_step(const Step& step) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const Params::Value& value : step.params->values_) {
    values.push_back(value.is_null ? nullptr : value.bytes.c_str());
    lengths.push_back(static_cast<int>(value.bytes.size()));
    formats.push_back(value.binary ? 1 : 0);
  }
  return PQsendQueryPrepared(handle_.get(), step.statement->name, static_cast<int>(values.size()),
                             values.data(), lengths.data(), formats.data(), 1) == 1;
}

// Takes all answers, up to the synchronisation at the end of the pipeline. After an error the
// server skips what is left, the commit too.
void Connection::receive(const std::vector<Sent>& sent, Deadline deadline, Outcome& outcome) {
  for (const Sent& expected : sent) {
    Rows::Handle result = next_result(deadline);
    if (result == nullptr || next_result(deadline) != nullptr || broken_) {
      outcome.error = give_up("no answer");
      outcome.failed_step.reset();
      return;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      const std::string_view state = field(result.get(), PG_DIAG_SQLSTATE);
      outcome.error = error_of(result.get());
      outcome.may_retry = state.starts_with("40");
      if (expected.what != Sent::What::boundary) outcome.failed_step = expected.step;
      if (ends_the_session(result.get()) || state.empty()) {
        outcome.error = give_up(outcome.error->message);
        outcome.failed_step.reset();
        return;
      }
      continue;
    }
    if (expected.what == Sent::What::preparation) prepared_.insert(expected.statement);
    if (expected.what == Sent::What::step) outcome.rows.emplace_back(std::move(result));
  }
  const Rows::Handle end = next_result(deadline);
  if (end == nullptr || PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) {
    outcome.error = give_up("no answer");
    outcome.failed_step.reset();
  }
}

// Null at the end of a statement's answers, and if the connection broke.
Rows::Handle Connection::next_result(Deadline deadline) {
  while (!broken_ && PQisBusy(handle_.get()) == 1) {
    if (!wait_until_ready(deadline) || PQconsumeInput(handle_.get()) != 1) broken_ = true;
  }
  if (broken_) return nullptr;
  return Rows::Handle(PQgetResult(handle_.get()));
}

// Sends what is still to be sent, and waits until there is something to read.
bool Connection::wait_until_ready(Deadline deadline) {
  while (true) {
    const int unsent = PQflush(handle_.get());
    if (unsent < 0) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{.fd = socket(), .events = POLLIN, .revents = 0};
    if (unsent == 1) ready.events |= POLLOUT;
    const int count = ::poll(&ready, 1, static_cast<int>(left.count()));
    if (count < 0 && errno != EINTR) return false;
    if (count == 1 && (ready.revents & ~POLLOUT) != 0) return true;
  }
}

Error Connection::give_up(std::string_view why) {
  broken_ = true;
  std::string_view reason = PQerrorMessage(handle_.get());
  reason = reason.substr(0, reason.find('\n'));  // the rest is advice
  if (reason.empty()) reason = "it did not answer in time";
  return {ErrorCode::unavailable, fmt::format("database: {}: {}", why, reason)};
}

base::Status Connection::script(const char* sql, std::chrono::milliseconds timeout) {
  const Deadline deadline = steady_clock::now() + timeout;
  PGconn* const handle = handle_.get();
  if (PQexitPipelineMode(handle) != 1 || PQsendQuery(handle, sql) != 1) {
    return give_up("cannot send");
  }
  base::Status status;
  while (Rows::Handle result = next_result(deadline)) {
    const ExecStatusType kind = PQresultStatus(result.get());
    if (status && kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK) {
      status = error_of(result.get());
    }
  }
  if (broken_ || PQenterPipelineMode(handle) != 1) return give_up("no answer");
  return status;
}

std::vector<std::string> Connection::notifications() {
  std::vector<std::string> payloads;
  struct Free {
    void operator()(PGnotify* notice) const { PQfreemem(notice); }
  };
  while (const std::unique_ptr<PGnotify, Free> notice{PQnotifies(handle_.get())}) {
    if (notice->be_pid != PQbackendPID(handle_.get())) payloads.emplace_back(notice->extra);
  }
  return payloads;
}

}  // namespace zkp::network::store::postgres
