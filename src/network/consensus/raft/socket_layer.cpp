#include "network/consensus/raft/socket_layer.h"

#include "network/consensus/raft/c_raft.h"

namespace zkp::network::consensus::raft {
namespace {

class PlainSockets final : public SocketLayer {
 public:
  void secure(uv_loop_s*, uv_tcp_s* socket, Side, Done done) override {
    done({.stream = reinterpret_cast<uv_stream_s*>(socket), .peer_id = {}});
  }
  void close() override {}
};

}  // namespace

std::shared_ptr<SocketLayer> plain_sockets() { return std::make_shared<PlainSockets>(); }

}  // namespace zkp::network::consensus::raft
