#include "services/gateway/proof_handler.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "network/http/multipart_reader.h"
#include "services/gateway/registered_circuit.h"
#include "services/gateway/replies.h"
#include "services/gateway/task_json.h"
#include "services/gateway/witness_upload.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
using base::Error;
using base::ErrorCode;
using network::task::TaskId;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestWait{60'000};
constexpr std::size_t kMostPerPage = 200;
constexpr std::size_t kMostKeyCharacters = 255;

template <class Number>
std::optional<Number> number_of(std::string_view digits) {
  Number number{};
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

base::Result<TaskId> task_id(const http::Request& request) {
  auto id = TaskId::parse(request.parameter("id"));
  if (!id.ok()) return Error{ErrorCode::not_found, "there is no such task: its id is no UUID"};
  return id;
}

// "30s" or "500ms"; none if it is not asked for.
base::Result<milliseconds> wait_of(const http::Request& request) {
  const auto text = request.query_value("wait");
  if (!text) return milliseconds{0};
  const bool in_ms = text->ends_with("ms");
  const std::size_t unit = in_ms ? 2 : 1;
  if (in_ms || text->ends_with('s')) {
    const auto count = number_of<std::uint32_t>(text->substr(0, text->size() - unit));
    const milliseconds wait = milliseconds(in_ms ? 1 : 1000) * std::uint64_t{count.value_or(0)};
    if (count && wait <= kLongestWait) return wait;
  }
  return Error{ErrorCode::invalid_argument, "wait: want a time from 0s to 60s, such as 30s"};
}

// Visible ASCII; empty if there is none.
base::Result<std::string> idempotency_key(const http::Request& request) {
  const auto key = request.header("Idempotency-Key");
  if (!key) return std::string();
  const bool fits = !key->empty() && key->size() <= kMostKeyCharacters &&
                    std::ranges::all_of(*key, [](char c) { return c > ' ' && c <= '~'; });
  if (fits) return std::string(*key);
  return Error{ErrorCode::invalid_argument,
               fmt::format("Idempotency-Key: want 1 to {} visible ASCII characters without spaces",
                           kMostKeyCharacters)};
}

base::Result<network::store::TaskFilter> filter_of(const http::Request& request) {
  network::store::TaskFilter filter;
  filter.circuit_type = request.query_value("circuit_type").value_or("");
  if (const auto text = request.query_value("status"); text && !text->empty()) {
    ZKP_TRY(filter.status, network::task::parse_status(*text));
  }
  if (const auto text = request.query_value("limit"); text && !text->empty()) {
    const auto limit = number_of<std::size_t>(*text);
    if (!limit || *limit == 0 || *limit > kMostPerPage) {
      return Error{ErrorCode::invalid_argument, fmt::format("limit: want 1 to {}", kMostPerPage)};
    }
    filter.limit = *limit;
  }
  // A cursor is the last id of the page before; clients are told nothing of that.
  if (const auto text = request.query_value("cursor"); text && !text->empty()) {
    auto before = TaskId::parse(*text);
    if (!before.ok()) {
      return Error{ErrorCode::invalid_argument, "cursor: want the next_cursor of an answer"};
    }
    filter.before = *before;
  }
  return filter;
}

std::string event(const char* name, const nlohmann::ordered_json& data) {
  return fmt::format("event: {}\ndata: {}\n\n", name,
                     data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

http::Task<ProofHandler::Reply> ProofHandler::accept(const Request& request,
                                                     http::BodySource& body) {
  if (has_json_body(request)) {
    const auto whole = co_await http::read_whole(body, options_.most_body_bytes);
    if (!whole.ok()) co_return whole.error();
    co_return co_await ports_.pool.run([&]() -> Reply {
      ZKP_TRY(const auto proof, parse_proof_request(base::as_text(whole->reveal()), finder()));
      return submit(request, proof, ports_.seal.fingerprint(whole->reveal()));
    });
  }
  auto parts = http::MultipartReader::open(request, body);
  if (!parts.ok()) {
    co_return unsupported_media_type(request,
                                     "application/json, or multipart/form-data with task "
                                     "and witness");
  }
  const auto permit = witnesses_.try_take();
  if (!permit) {
    co_return Error{ErrorCode::resource_exhausted,
                    "this gateway takes as many witnesses as it can at once; try again later"};
  }
  auto upload = co_await receive_witness(
      *parts, {.task = options_.most_body_bytes, .witness = options_.most_witness_bytes});
  if (!upload.ok()) co_return upload.error();
  co_return co_await ports_.pool.run([&]() -> Reply {
    const auto digest =
        ports_.seal.fingerprint(base::as_bytes(ports_.seal.fingerprint(upload->task.reveal()) +
                                               ports_.seal.fingerprint(upload->witness.reveal())));
    ZKP_TRY(const auto proof,
            parse_witness_request(base::as_text(upload->task.reveal()),
                                  base::SecretBytes::copy_of(upload->witness.reveal()), finder()));
    return submit(request, proof, digest);
  });
}

ProofHandler::Reply ProofHandler::submit(const Request& request, const ProofRequest& proof,
                                         const std::string& request_digest) {
  ZKP_TRY(auto key, idempotency_key(request));
  const std::string& digest = key.empty() ? key : request_digest;
  ZKP_TRY(const auto task, ports_.submissions.submit(proof, {key, digest}));
  auto reply = json_reply(202, task_json(task, Detail::full));
  reply.headers.emplace_back("Location", "/api/v1/proof/" + task.id.to_string());
  return reply;
}

FindRegistered ProofHandler::finder() const {
  return [this](const std::string& name) { return find_registered(name, ports_.store); };
}

ProofHandler::Reply ProofHandler::cancel(const Request& request) {
  ZKP_TRY(const auto id, task_id(request));
  ZKP_TRY(const auto task, ports_.store.cancel(id, ports_.clock.now()));
  return json_reply(200, task_json(task, Detail::full));
}

ProofHandler::Reply ProofHandler::list(const Request& request) {
  ZKP_TRY(auto filter, filter_of(request));
  const std::size_t limit = filter.limit++;  // one more tells whether there is another page
  ZKP_TRY(auto tasks, ports_.store.list(filter));
  nlohmann::ordered_json body{{"tasks", nlohmann::ordered_json::array()}};
  if (tasks.size() > limit) {
    tasks.resize(limit);
    body["next_cursor"] = tasks.back().id.to_string();
  }
  for (const auto& task : tasks) body["tasks"].push_back(task_json(task, Detail::summary));
  return json_reply(200, body);
}

http::Task<base::Result<network::task::Task>> ProofHandler::find(const TaskId& id) {
  co_return co_await ports_.pool.run([&] { return ports_.store.find(id); });
}

http::Task<ProofHandler::Reply> ProofHandler::get(const Request& request) {
  const auto id = task_id(request);
  if (!id.ok()) co_return id.error();
  const auto wait = wait_of(request);
  if (!wait.ok()) co_return wait.error();

  const auto until = steady_clock::now() + *wait;
  std::unique_ptr<TaskWatch::Watcher> watcher;  // before the first look, so that no hint is missed
  if (wait->count() > 0) {
    watcher = ports_.watch.watch(*id, co_await boost::asio::this_coro::executor);
  }
  while (true) {
    const auto task = co_await find(*id);
    if (!task.ok()) co_return task.error();
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (is_terminal(task->status) || left.count() <= 0 || ports_.watch.closed()) {
      co_return json_reply(200, task_json(*task, Detail::full));
    }
    co_await watcher->wait(std::min(left, options_.reread));
  }
}

http::Task<ProofHandler::Reply> ProofHandler::events(const Request& request) {
  const auto id = task_id(request);
  if (!id.ok()) co_return id.error();
  const auto task = co_await find(*id);
  if (!task.ok()) co_return task.error();
  co_return http::Response{
      .content_type = "text/event-stream",
      .stream = [this, id = *id](http::StreamWriter& out) { return follow(id, out); }};
}

// Tells each state that it sees, and each step of progress in between, until the last one.
http::Task<void> ProofHandler::follow(TaskId id, http::StreamWriter& out) {
  const auto watcher = ports_.watch.watch(id, co_await boost::asio::this_coro::executor);
  std::optional<network::task::Task> told;
  auto told_at = steady_clock::now();
  while (!ports_.watch.closed()) {
    const auto task = co_await find(id);
    if (!task.ok()) co_return;  // removed, or the store is away: the client asks again
    const bool new_state = !told || told->status != task->status || told->attempt != task->attempt;
    std::string text;
    if (new_state) {
      text = event("status", task_json(*task, Detail::full));
    } else if (told->progress != task->progress) {
      text = event("progress", {{"task_id", id.to_string()}, {"progress", task->progress}});
    } else if (steady_clock::now() - told_at >= options_.heartbeat) {
      text = ": nothing new\n\n";
    }
    if (!text.empty()) {
      told_at = steady_clock::now();
      if (!co_await out.write(text)) co_return;
    }
    if (is_terminal(task->status)) co_return;
    told = *task;
    co_await watcher->wait(std::min(options_.reread, options_.heartbeat));
  }
}

}  // namespace zkp::services::gateway
