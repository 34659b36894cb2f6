#pragma once

#include <functional>
#include <memory>
#include <string>

struct uv_loop_s;
struct uv_stream_s;
struct uv_tcp_s;

namespace zkp::network::consensus::raft {

enum class Side { dialing, accepting };

// What Raft speaks on, once a SocketLayer is done with a socket.
struct SecuredStream {
  uv_stream_s* stream = nullptr;  // none: refused
  std::string peer_id;            // the coordinator at the other end, if the layer proved who it is
};

// What lies between a connected TCP socket and Raft: nothing (plain_sockets), or encryption. All
// calls are on the loop's thread, and so are its answers.
class SocketLayer {
 public:
  using Done = std::function<void(SecuredStream)>;
  virtual ~SocketLayer() = default;

  // Takes over `socket`, which is connected, and calls `done` exactly once, at once or within
  // seconds, with a stream that Raft can own: the socket itself or another one. Handles come from
  // raft_malloc, and go to raft_free once they are closed. A socket that is refused is closed here.
  virtual void secure(uv_loop_s* loop, uv_tcp_s* socket, Side side, Done done) = 0;
  // Refuses all that is not done, and closes every handle of the layer's own, for good.
  virtual void close() = 0;
};

std::shared_ptr<SocketLayer> plain_sockets();

}  // namespace zkp::network::consensus::raft
