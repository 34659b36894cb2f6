#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "network/consensus/raft/c_raft.h"
#include "network/consensus/raft/hello.h"
#include "network/consensus/raft/socket_layer.h"

namespace zkp::network::consensus::raft {

// What all attempts of a transport share.
struct AttemptContext {
  uv_loop_t* loop = nullptr;
  std::shared_ptr<SocketLayer> sockets;
  std::string cluster_id;
  Member self;
  std::chrono::milliseconds limit{};  // for one attempt as a whole
};

// One connection on its way to Raft: the one who dials finds the address and connects; then, on
// both sides, the socket layer has its turn and hellos are exchanged. Anything that does not fit
// ends the attempt and closes the connection.
// Belongs to the loop's thread. Lives until `gone` is called, which is after `done`; `done` comes
// exactly once.
class Attempt {
 public:
  struct Outcome {
    uv_stream_t* stream = nullptr;  // none: it failed. Otherwise the receiver's, nobody reads it
    Member peer;
  };
  using Done = std::function<void(const Outcome&)>;
  using Gone = std::function<void(Attempt*)>;

  Attempt(const AttemptContext& context, Side side, Done done, Gone gone);
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // Exactly one of the two.
  void dial(const Member& peer);
  void accept(uv_stream_t* listener);
  // Ends it now, unless it has ended.
  void cancel();

 private:
  template <class Handle>
  static Attempt& of(Handle* handle) {
    return *static_cast<Attempt*>(handle->data);
  }
  void resolve(const char* host, const char* port);
  void on_resolved(int status, addrinfo* found);
  void add_address(const sockaddr* address, std::size_t size);
  void connect_next();
  void on_connected(int status);
  bool open_socket();
  void secure();
  void on_secured(const SecuredStream& secured);
  void say_hello();
  void on_written(int status);
  void await_hello();
  void on_read(ssize_t size);
  base::Status check(const Hello& hello) const;
  void on_hello(base::Result<Hello> hello);
  void fail(std::string_view why);
  void finish(uv_stream_t* stream);
  void let_go();

  const AttemptContext& context_;
  const Side side_;
  Done done_;
  const Gone gone_;
  int holds_ = 0;  // calls that libuv or the socket layer still owes
  bool finished_ = false;
  bool heard_ = false;  // the peer's hello came, and is good
  Member peer_;
  std::string proven_id_;
  std::vector<sockaddr_storage> addresses_;
  std::size_t next_address_ = 0;
  uv_stream_t* stream_ = nullptr;  // ours to close
  uv_timer_t timer_{};
  uv_getaddrinfo_t resolve_{};
  uv_connect_t connect_{};
  uv_write_t write_{};
  base::Bytes outgoing_, incoming_;
  std::size_t received_ = 0;
};

}  // namespace zkp::network::consensus::raft
