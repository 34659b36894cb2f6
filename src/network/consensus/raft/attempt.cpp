#include "network/consensus/raft/attempt.h"

#include <utility>

#include <fmt/format.h>
#include <netinet/tcp.h>

#include "base/log.h"
#include "network/consensus/raft/address.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

// A peer that acknowledges nothing for this long is cut off, so that a network that comes back is
// used at once and not when TCP tries again.
constexpr unsigned kUnansweredMs = 3000;
constexpr unsigned kKeepAliveSeconds = 5;

void close_and_free(uv_stream_t* stream) {
  uv_close(reinterpret_cast<uv_handle_t*>(stream), [](uv_handle_t* handle) { raft_free(handle); });
}

void tune(uv_tcp_t* socket) {
  uv_tcp_nodelay(socket, 1);
  uv_tcp_keepalive(socket, 1, kKeepAliveSeconds);
  uv_os_fd_t file = -1;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(socket), &file) != 0) return;
  setsockopt(file, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnansweredMs, sizeof kUnansweredMs);
}

}  // namespace

Attempt::Attempt(const AttemptContext& context, Side side, Done done, Gone gone)
    : context_(context), side_(side), done_(std::move(done)), gone_(std::move(gone)) {
  uv_timer_init(context_.loop, &timer_);
  ++holds_;  // until the timer is closed
  timer_.data = resolve_.data = connect_.data = write_.data = this;
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { of(timer).fail("it took too long"); },
      static_cast<std::uint64_t>(context_.limit.count()), 0);
}

void Attempt::let_go() {
  if (--holds_ == 0) gone_(this);
}

void Attempt::finish(uv_stream_t* stream) {
  if (finished_) return;
  finished_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), [](uv_handle_t* timer) { of(timer).let_go(); });
  if (stream == nullptr && stream_ != nullptr) close_and_free(stream_);
  stream_ = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&resolve_));
  std::exchange(done_, nullptr)({.stream = stream, .peer = peer_});
}

void Attempt::fail(std::string_view why) {
  if (finished_) return;
  if (side_ == Side::dialing) {
    base::log_debug("raft: no connection to {} at {}: {}", peer_.id, peer_.raft_address, why);
  } else {
    base::log_warning("raft: refused a connection: {}", why);
  }
  finish(nullptr);
}

void Attempt::cancel() { finish(nullptr); }

void Attempt::dial(const Member& peer) {
  peer_ = peer;
  const auto place = parse_host_port(peer.raft_address);
  if (!place) return fail(place.error().message);
  const int port = std::stoi(place->port);
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (uv_ip4_addr(place->host.c_str(), port, &four) == 0) {
    add_address(reinterpret_cast<const sockaddr*>(&four), sizeof four);
  } else if (uv_ip6_addr(place->host.c_str(), port, &six) == 0) {
    add_address(reinterpret_cast<const sockaddr*>(&six), sizeof six);
  } else {
    return resolve(place->host.c_str(), place->port.c_str());
  }
  connect_next();
}

void Attempt::resolve(const char* host, const char* port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const int failure = uv_getaddrinfo(
      context_.loop, &resolve_,
      [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
        of(request).on_resolved(status, found);
      },
      host, port, &hints);
  if (failure != 0) return fail(uv_strerror(failure));
  ++holds_;
}

void Attempt::on_resolved(int status, addrinfo* found) {
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    add_address(one->ai_addr, one->ai_addrlen);
  }
  uv_freeaddrinfo(found);
  if (!finished_) {
    if (status != 0) {
      fail(uv_strerror(status));
    } else {
      connect_next();
    }
  }
  let_go();
}

void Attempt::add_address(const sockaddr* address, std::size_t size) {
  if (size > sizeof(sockaddr_storage)) return;
  std::memcpy(&addresses_.emplace_back(), address, size);
}

bool Attempt::open_socket() {
  auto* const socket = static_cast<uv_tcp_t*>(raft_malloc(sizeof(uv_tcp_t)));
  if (socket == nullptr) {
    fail("out of memory");
    return false;
  }
  uv_tcp_init(context_.loop, socket);
  socket->data = this;
  stream_ = reinterpret_cast<uv_stream_t*>(socket);
  return true;
}

void Attempt::connect_next() {
  if (next_address_ == addresses_.size()) return fail("nobody answers there");
  const sockaddr_storage& address = addresses_[next_address_++];
  if (!open_socket()) return;
  const int failure = uv_tcp_connect(
      &connect_, reinterpret_cast<uv_tcp_t*>(stream_), reinterpret_cast<const sockaddr*>(&address),
      [](uv_connect_t* request, int status) { of(request).on_connected(status); });
  if (failure == 0) {
    ++holds_;
    return;
  }
  close_and_free(std::exchange(stream_, nullptr));
  connect_next();
}

void Attempt::on_connected(int status) {
  if (!finished_) {
    if (status == 0) {
      secure();
    } else {
      close_and_free(std::exchange(stream_, nullptr));
      connect_next();
    }
  }
  let_go();
}

void Attempt::accept(uv_stream_t* listener) {
  if (!open_socket()) return;
  if (const int failure = uv_accept(listener, stream_); failure != 0) {
    return fail(uv_strerror(failure));
  }
  secure();
}

void Attempt::secure() {
  auto* const socket = reinterpret_cast<uv_tcp_t*>(std::exchange(stream_, nullptr));
  tune(socket);
  ++holds_;
  context_.sockets->secure(context_.loop, socket, side_,
                           [this](const SecuredStream& secured) { on_secured(secured); });
}

void Attempt::on_secured(const SecuredStream& secured) {
  if (finished_) {
    if (secured.stream != nullptr) close_and_free(secured.stream);
  } else if (secured.stream == nullptr) {
    fail("it could not be secured");
  } else {
    stream_ = secured.stream;
    stream_->data = this;
    proven_id_ = secured.peer_id;
    if (side_ == Side::dialing) {
      say_hello();
    } else {
      await_hello();
    }
  }
  let_go();
}

void Attempt::say_hello() {
  outgoing_ = encode_hello({.cluster_id = context_.cluster_id,
                            .wanted_id = side_ == Side::dialing ? peer_.id : "",
                            .speaker = context_.self});
  const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(outgoing_.data()),
                                      static_cast<unsigned>(outgoing_.size()));
  const int failure = uv_write(&write_, stream_, &buffer, 1, [](uv_write_t* request, int status) {
    of(request).on_written(status);
  });
  if (failure != 0) return fail(uv_strerror(failure));
  ++holds_;
}

void Attempt::on_written(int status) {
  if (!finished_) {
    if (status != 0) {
      fail(uv_strerror(status));
    } else if (heard_) {
      finish(stream_);
    } else {
      await_hello();
    }
  }
  let_go();
}

// Reads the hello and not one byte more: what follows is Raft's.
void Attempt::await_hello() {
  incoming_.resize(kHelloHeaderBytes);
  const int failure = uv_read_start(
      stream_,
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        Attempt& self = of(handle);
        *buffer = uv_buf_init(reinterpret_cast<char*>(self.incoming_.data() + self.received_),
                              static_cast<unsigned>(self.incoming_.size() - self.received_));
      },
      [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) { of(stream).on_read(size); });
  if (failure != 0) fail(uv_strerror(failure));
}

void Attempt::on_read(ssize_t size) {
  if (size < 0) {
    // One who hangs up without a word may only have looked whether we are alive.
    if (side_ == Side::accepting && received_ == 0) return finish(nullptr);
    return fail(uv_strerror(static_cast<int>(size)));
  }
  received_ += static_cast<std::size_t>(size);
  if (received_ < incoming_.size()) return;
  if (received_ == kHelloHeaderBytes) {
    const auto payload = decode_hello_header(incoming_);
    if (!payload) return fail(payload.error().message);
    incoming_.resize(kHelloHeaderBytes + *payload);
    return;
  }
  uv_read_stop(stream_);
  on_hello(decode_hello(base::ByteView(incoming_).subspan(kHelloHeaderBytes)));
}

base::Status Attempt::check(const Hello& hello) const {
  const std::string& id = hello.speaker.id;
  const auto refuse = [](std::string why) {
    return Error{ErrorCode::permission_denied, std::move(why)};
  };
  if (hello.cluster_id != context_.cluster_id) {
    return refuse(fmt::format("{} at {} is of another cluster, want {}", id,
                              hello.speaker.raft_address, context_.cluster_id));
  }
  if (!proven_id_.empty() && id != proven_id_) {
    return refuse(fmt::format("{} calls itself {}", proven_id_, id));
  }
  if (side_ == Side::dialing && id != peer_.id) {
    return refuse(fmt::format("{} answers in the place of {}", id, peer_.id));
  }
  if (side_ == Side::accepting && hello.wanted_id != context_.self.id) {
    return refuse(fmt::format("{} at {} looks for another coordinator than {}", id,
                              hello.speaker.raft_address, context_.self.id));
  }
  if (side_ == Side::accepting && id == context_.self.id) {
    return refuse(fmt::format("another coordinator calls itself {}, too", id));
  }
  return {};
}

void Attempt::on_hello(base::Result<Hello> hello) {
  if (!hello) return fail(hello.error().message);
  if (const base::Status fits = check(*hello); !fits) return fail(fits.error().message);
  heard_ = true;
  if (side_ == Side::dialing) return finish(stream_);
  peer_ = std::move(hello->speaker);
  say_hello();
}

}  // namespace zkp::network::consensus::raft
