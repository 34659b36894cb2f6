#include "network/store/postgres/hint_channel.h"

#include <algorithm>
#include <array>
#include <optional>
#include <poll.h>
#include <unistd.h>

#include <sys/eventfd.h>

namespace zkp::network::store::postgres {
namespace {

using task::Status;

constexpr std::chrono::milliseconds kInterval{10};
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};
constexpr std::size_t kMostOutgoing = 16'384;
constexpr std::size_t kIdLength = 36;

// The connection that sends does not wait for the disk: nothing depends on a notification.
constexpr const char* kListen = "SET synchronous_commit = off; LISTEN zkp_hints";
constexpr Statement kNotify{"notify", "SELECT pg_notify('zkp_hints', $1)"};

// A hint is a letter and, if it is about a task, the task's id.
constexpr char kSubmitted = 'S', kCircuit = 'C';
constexpr std::array<std::pair<char, Status>, 6> kStatuses = {{{'p', Status::pending},
                                                               {'a', Status::assigned},
                                                               {'r', Status::running},
                                                               {'c', Status::completed},
                                                               {'f', Status::failed},
                                                               {'x', Status::cancelled}}};
// PostgreSQL takes payloads of less than 8000 bytes.
static_assert(kMostInPayload * (1 + kIdLength) < 8000);

char letter_of(const Hint& hint) {
  if (hint.kind == Hint::Kind::submitted) return kSubmitted;
  const auto* const known =
      std::ranges::find(kStatuses, hint.status, &std::pair<char, Status>::second);
  return known->first;
}

std::optional<Hint> task_hint(char letter, const TaskId& id) {
  if (letter == kSubmitted) return Hint{Hint::Kind::submitted, id, Status::pending};
  const auto* const known = std::ranges::find(kStatuses, letter, &std::pair<char, Status>::first);
  if (known == kStatuses.end()) return std::nullopt;
  return Hint{Hint::Kind::task_changed, id, known->second};
}

}  // namespace

std::string encode_hints(std::span<const Hint> hints) {
  ZKP_ASSERT(hints.size() <= kMostInPayload);
  std::string payload;
  for (const Hint& hint : hints) {
    if (hint.kind == Hint::Kind::circuit_changed) {
      payload += kCircuit;
    } else {
      payload += letter_of(hint);
      payload += hint.id.to_string();
    }
  }
  return payload;
}

std::vector<Hint> decode_hints(std::string_view payload) {
  std::vector<Hint> hints;
  while (!payload.empty()) {
    const char letter = payload.front();
    payload.remove_prefix(1);
    if (letter == kCircuit) {
      hints.push_back({Hint::Kind::circuit_changed, {}, {}});
      continue;
    }
    const auto id = TaskId::parse(payload.substr(0, kIdLength));
    if (!id) break;
    payload.remove_prefix(kIdLength);
    if (const auto hint = task_hint(letter, *id)) hints.push_back(*hint);
  }
  return hints;
}

HintChannel::HintChannel(PostgresOptions options, HintBoard& board)
    : options_(std::move(options)),
      board_(board),
      wake_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HintChannel::~HintChannel() {
  thread_.request_stop();
  wake();
  thread_.join();
  ::close(wake_up_);
}

void HintChannel::send(const std::vector<Hint>& hints) {
  if (hints.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    outgoing_.insert(outgoing_.end(), hints.begin(), hints.end());
    while (outgoing_.size() > kMostOutgoing) outgoing_.pop_front();
  }
  wake();
}

void HintChannel::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_up_, &one, sizeof one);
}

bool HintChannel::has_some() {
  const std::lock_guard lock(mutex_);
  return !outgoing_.empty();
}

void HintChannel::run(const std::stop_token& stop) {
  std::chrono::milliseconds pause{0};
  while (!stop.stop_requested()) {
    auto connection = Connection::open(options_);
    if (connection && (*connection)->script(kListen, options_.call_timeout).ok()) {
      pause = {};
      serve(stop, **connection);
    }
    pause = std::clamp(2 * pause, kFirstPause, kLongestPause);
    const Clock::time_point again = Clock::now() + pause;
    while (!stop.stop_requested() && Clock::now() < again) wait(-1, again);
  }
}

// Until it shall stop or the connection breaks.
void HintChannel::serve(const std::stop_token& stop, Connection& connection) {
  Clock::time_point send_at{};
  while (!stop.stop_requested() && connection.alive()) {
    for (const std::string& payload : connection.notifications()) {
      board_.post(decode_hints(payload));
    }
    const Clock::time_point now = Clock::now();
    if (has_some() && now >= send_at) {
      if (!send_some(connection)) return;
      send_at = now + kInterval;
      continue;  // what came in meanwhile is in the connection's buffer
    }
    wait(connection.socket(), has_some() ? send_at : Clock::time_point::max());
  }
}

bool HintChannel::send_some(Connection& connection) {
  std::vector<Hint> some;
  {
    const std::lock_guard lock(mutex_);
    const auto end =
        outgoing_.begin() + static_cast<std::ptrdiff_t>(std::min(outgoing_.size(), kMostInPayload));
    some.assign(outgoing_.begin(), end);
    outgoing_.erase(outgoing_.begin(), end);
  }
  return connection.query(kNotify, Params().text(encode_hints(some))).ok();
}

// Until there is something to read or to send, or to stop for.
void HintChannel::wait(int socket, Clock::time_point until) {
  std::array<pollfd, 2> sources{};
  sources[0] = {.fd = wake_up_, .events = POLLIN, .revents = 0};
  sources[1] = {.fd = socket, .events = POLLIN, .revents = 0};  // negative: none
  int timeout_ms = -1;
  if (until != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    timeout_ms = std::max(0, static_cast<int>(left.count()));
  }
  (void)::poll(sources.data(), sources.size(), timeout_ms);
  std::uint64_t count = 0;
  (void)!::read(wake_up_, &count, sizeof count);
}

}  // namespace zkp::network::store::postgres
