#pragma once

#include <list>
#include <memory>
#include <string>

#include "base/result.h"
#include "network/consensus/raft/attempt.h"

namespace zkp::network::consensus::raft {

// How C-Raft's messages travel: TCP connections, each used in one direction, which are C-Raft's
// once an Attempt has made them. Belongs to the loop's thread; must outlive the loop's last run.
class Transport {
 public:
  explicit Transport(AttemptContext context);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Binds to host:port, all of its addresses, and listens. Connections wait until Raft starts.
  base::Status listen(const std::string& address);
  // For raft_uv_init(); C-Raft calls close() through it.
  raft_uv_transport* for_raft() { return &interface_; }
  // Drops what is not C-Raft's, and then calls `closed`, if there is one.
  void close(std::function<void()> closed);
  [[nodiscard]] bool is_closing() const { return closing_; }

 private:
  static Transport& of(raft_uv_transport* transport) {
    return *static_cast<Transport*>(transport->impl);
  }
  int listen_on(const sockaddr* address);
  void on_connection(uv_stream_t* listener);
  int connect(raft_uv_connect* request, const char* address, raft_uv_connect_cb done);
  Attempt& start(Side side, Attempt::Done done);
  void forget(Attempt* attempt);
  void maybe_closed();

  const AttemptContext context_;
  raft_uv_transport interface_{};
  raft_uv_accept_cb accepted_ = nullptr;
  std::list<uv_tcp_t> listeners_;
  std::size_t open_listeners_ = 0;
  std::list<std::unique_ptr<Attempt>> attempts_;
  std::size_t accepting_ = 0;
  bool closing_ = false;
  std::function<void()> closed_;
};

}  // namespace zkp::network::consensus::raft
