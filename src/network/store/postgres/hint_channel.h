#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "network/store/hint_board.h"
#include "network/store/postgres/connection.h"

namespace zkp::network::store::postgres {

// A notification's payload, which others read with decode_hints(). REQUIRES: at most kMostInPayload
// hints.
inline constexpr std::size_t kMostInPayload = 200;
std::string encode_hints(std::span<const Hint> hints);
// Leaves out what it does not know: it may come from a newer program.
std::vector<Hint> decode_hints(std::string_view payload);

// Brings hints from one process to the others, by LISTEN and NOTIFY on a connection and a thread of
// its own: not within the transactions they tell of, since a commit with a NOTIFY waits for those
// of all others; and at most one notification every 10 ms. While the server is away hints are lost.
class HintChannel {
 public:
  // What other processes send is posted to `board`, which outlives the channel.
  HintChannel(PostgresOptions options, HintBoard& board);
  ~HintChannel();
  HintChannel(const HintChannel&) = delete;
  HintChannel& operator=(const HintChannel&) = delete;

  // To the others, soon. Never waits; of too many the oldest are lost. Any thread.
  void send(const std::vector<Hint>& hints);

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  void serve(const std::stop_token& stop, Connection& connection);
  bool send_some(Connection& connection);
  void wait(int socket, Clock::time_point until);
  void wake() const;
  bool has_some();

  const PostgresOptions options_;
  HintBoard& board_;
  int wake_up_;  // an eventfd
  std::mutex mutex_;
  std::deque<Hint> outgoing_;
  std::jthread thread_;  // last: uses everything above
};

}  // namespace zkp::network::store::postgres
