#include "test/perf/load.h"

#include <array>
#include <charconv>
#include <csignal>
#include <memory>

#include <boost/asio.hpp>
#include <nlohmann/json.hpp>

namespace zkp::test::perf {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds kPollAgain{100};  // after a poll that was not answered

double ms_of(Steady::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

json object_of(const std::string& body) {
  json parsed = json::parse(body, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

// Hands requests to connections as they become due.
class Load {
 public:
  Load(const LoadOptions& options, const Address& address, const asio::ip::tcp::endpoint& endpoint,
       const Bodies& bodies)
      : options_(options), address_(address), endpoint_(endpoint), bodies_(bodies) {}

  LoadResult run() {
    signals_.async_wait([this](const auto& error, int) {
      if (error) return;
      stopped_ = true;
      room_.cancel();
    });
    start_ = last_end_ = Steady::now();
    wall_start_ = std::chrono::system_clock::now();
    asio::co_spawn(io_, dispatch(), asio::detached);
    io_.run();
    return {std::move(samples_), last_end_ - start_};
  }

 private:
  using ClientPtr = std::unique_ptr<Client>;

  // When request `number` is due; none: no more are.
  std::optional<Steady::time_point> due(std::uint64_t number) const {
    if (number >= options_.most_requests) return std::nullopt;
    const Steady::time_point at =
        options_.rate == 0
            ? Steady::now()
            : start_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(
                           static_cast<double>(number) / options_.rate));
    if (at - start_ >= options_.duration) return std::nullopt;
    return at;
  }

  asio::awaitable<void> dispatch() {
    for (std::uint64_t number = 0; !stopped_; ++number) {
      if (options_.rate == 0) co_await wait_for_room();
      const auto at = due(number);
      if (!at || stopped_) break;
      room_.expires_at(*at);
      while (!stopped_ && Steady::now() < *at) co_await room_.async_wait(kNoThrow);
      if (stopped_) break;
      co_await wait_for_room();
      asio::co_spawn(io_, serve(take_client(), number, *at), asio::detached);
    }
    dispatching_ = false;
    if (busy_ == 0) signals_.cancel();
  }

  asio::awaitable<void> wait_for_room() {
    while (busy_ >= options_.connections) {
      room_.expires_at(Steady::time_point::max());
      co_await room_.async_wait(kNoThrow);
    }
  }

  // The one that was used last, so that as few as will do are kept alive.
  ClientPtr take_client() {
    ++busy_;
    if (idle_.empty()) return std::make_unique<Client>(io_.get_executor(), address_, endpoint_);
    ClientPtr client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }

  asio::awaitable<void> serve(ClientPtr client, std::uint64_t number, Steady::time_point due_at) {
    Sample sample;
    co_await follow(*client, number, due_at, sample);
    samples_.push_back(std::move(sample));
    last_end_ = Steady::now();
    idle_.push_back(std::move(client));
    if (busy_-- == options_.connections) room_.cancel();
    if (busy_ == 0 && !dispatching_) signals_.cancel();
  }

  asio::awaitable<void> follow(Client& client, std::uint64_t number, Steady::time_point due_at,
                               Sample& sample) {
    const auto posted =
        co_await client.call("/api/v1/proof", bodies_.make(number), options_.task_limit);
    if (!posted.ok()) {
      sample.error = posted.error().message;
      co_return;
    }
    sample.status = posted->status;
    if (posted->status != 202) co_return;
    sample.accepted_ms = ms_of(Steady::now() - due_at);
    if (options_.mode == Mode::end_to_end) {
      co_await poll(client, text_of(object_of(posted->body), "task_id"), due_at, sample);
    }
  }

  // Until the task is over or the limit is reached. An answer that does not come is asked for
  // again, for only the task's end counts.
  asio::awaitable<void> poll(Client& client, const std::string& id, Steady::time_point due_at,
                             Sample& sample) {
    const Steady::time_point until = Steady::now() + options_.task_limit;
    while (Steady::now() < until) {
      const auto answer =
          co_await client.call("/api/v1/proof/" + id + "?wait=30s", {}, options_.task_limit);
      if (!answer.ok() || answer->status != 200) {
        ++sample.polls_failed;
        asio::steady_timer pause(io_, kPollAgain);
        co_await pause.async_wait(kNoThrow);
        continue;
      }
      const json task = object_of(answer->body);
      sample.task_status = text_of(task, "status");
      if (!task.contains("completed_at")) continue;
      sample.finished_ms = ms_of(Steady::now() - due_at);
      sample.queue_ms = number_of(task, "queue_ms");
      sample.prove_ms = number_of(task, "prove_ms");
      if (const auto started = parse_rfc3339_ms(text_of(task, "started_at"))) {
        sample.started_ms = static_cast<double>(*started) - wall_ms(due_at);
      }
      co_return;
    }
    sample.error = "the task did not end in time";
  }

  double wall_ms(Steady::time_point at) const {
    return std::chrono::duration<double, std::milli>(wall_start_.time_since_epoch()).count() +
           ms_of(at - start_);
  }

  const LoadOptions options_;
  const Address address_;
  const asio::ip::tcp::endpoint endpoint_;
  const Bodies& bodies_;
  Steady::time_point start_, last_end_;
  std::chrono::system_clock::time_point wall_start_;
  std::vector<Sample> samples_;
  std::size_t busy_ = 0;
  bool dispatching_ = true, stopped_ = false;
  asio::io_context io_;
  std::vector<ClientPtr> idle_;
  asio::signal_set signals_{io_, SIGINT, SIGTERM};
  asio::steady_timer room_{io_};  // of dispatch(): a request is due, or a connection is free
};

}  // namespace

base::Result<LoadResult> run_load(const LoadOptions& options, const Address& address,
                                  const Bodies& bodies) {
  ZKP_ASSERT(options.connections > 0 && options.rate >= 0);
  ZKP_TRY(const auto endpoint, resolve(address));
  Load load(options, address, endpoint, bodies);
  return load.run();
}

std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return std::nullopt;
  std::array<int, 7> parts{};
  std::size_t part = 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0') {
      if (text[i] != kForm[i]) return std::nullopt;
      ++part;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      parts.at(part) = 10 * parts.at(part) + (text[i] - '0');
    }
  }
  using namespace std::chrono;  // NOLINT: units and fields of dates
  const year_month_day date{year(parts[0]), month(static_cast<unsigned>(parts[1])),
                            day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return std::nullopt;
  return duration_cast<milliseconds>(sys_days(date).time_since_epoch() + hours(parts[3]) +
                                     minutes(parts[4]) + seconds(parts[5]) + milliseconds(parts[6]))
      .count();
}

}  // namespace zkp::test::perf
