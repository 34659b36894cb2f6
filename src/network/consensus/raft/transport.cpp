#include "network/consensus/raft/transport.h"

#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "network/consensus/raft/address.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kBacklog = 64;
// Connections that have not said who they are; more are closed at once.
constexpr std::size_t kMostStrangers = 64;

bool is_lacking(int failure) { return failure == UV_EADDRNOTAVAIL || failure == UV_EAFNOSUPPORT; }

}  // namespace

Transport::Transport(AttemptContext context) : context_(std::move(context)) {
  interface_.version = 1;
  interface_.impl = this;
  interface_.init = [](raft_uv_transport*, raft_id, const char*) { return 0; };
  interface_.listen = [](raft_uv_transport* transport, raft_uv_accept_cb accepted) {
    of(transport).accepted_ = accepted;
    return 0;
  };
  interface_.connect = [](raft_uv_transport* transport, raft_uv_connect* request, raft_id,
                          const char* address, raft_uv_connect_cb done) {
    return of(transport).connect(request, address, done);
  };
  interface_.close = [](raft_uv_transport* transport, raft_uv_transport_close_cb closed) {
    of(transport).close([transport, closed] { closed(transport); });
  };
}

base::Status Transport::listen(const std::string& address) {
  ZKP_TRY(const HostPort place, parse_host_port(address));
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  uv_getaddrinfo_t request;
  int failure = uv_getaddrinfo(context_.loop, &request, nullptr, place.host.c_str(),
                               place.port.c_str(), &hints);
  if (failure != 0) {
    return Error{ErrorCode::unavailable,
                 fmt::format("Raft's address {}: {}", address, uv_strerror(failure))};
  }
  // A name may have addresses of a kind that this machine lacks; any other failure counts.
  for (const addrinfo* one = request.addrinfo; one != nullptr; one = one->ai_next) {
    const int outcome = listen_on(one->ai_addr);
    if (outcome != 0) failure = outcome;
    if (outcome != 0 && !is_lacking(outcome)) break;
  }
  uv_freeaddrinfo(request.addrinfo);
  if (failure == 0 || (open_listeners_ > 0 && is_lacking(failure))) return {};
  return Error{ErrorCode::unavailable,
               fmt::format("Raft's address {}: {}", address, uv_strerror(failure))};
}

int Transport::listen_on(const sockaddr* address) {
  uv_tcp_t* const listener = &listeners_.emplace_back();
  uv_tcp_init(context_.loop, listener);
  listener->data = this;
  ++open_listeners_;
  const bool six = address->sa_family == AF_INET6;
  int failure = uv_tcp_bind(listener, address, six ? UV_TCP_IPV6ONLY : 0);
  if (failure == 0) {
    failure = uv_listen(reinterpret_cast<uv_stream_t*>(listener), kBacklog,
                        [](uv_stream_t* stream, int status) {
                          auto* const self = static_cast<Transport*>(stream->data);
                          if (status == 0) self->on_connection(stream);
                        });
  }
  if (failure == 0) return 0;
  uv_close(reinterpret_cast<uv_handle_t*>(listener), nullptr);
  --open_listeners_;
  return failure;
}

void Transport::on_connection(uv_stream_t* listener) {
  const bool crowded = accepting_ >= kMostStrangers;
  ++accepting_;
  Attempt& attempt = start(Side::accepting, [this](const Attempt::Outcome& outcome) {
    --accepting_;
    if (outcome.stream == nullptr) return;
    const auto address = encode_address(outcome.peer);
    ZKP_ASSERT(address.ok());
    accepted_(&interface_, number_of(outcome.peer.id), address->c_str(), outcome.stream);
  });
  attempt.accept(listener);
  if (crowded || accepted_ == nullptr) attempt.cancel();
}

int Transport::connect(raft_uv_connect* request, const char* address, raft_uv_connect_cb done) {
  if (closing_) return RAFT_CANCELED;
  const auto peer = decode_address(address);
  if (!peer) return RAFT_INVALID;
  request->cb = done;
  start(Side::dialing, [this, request](const Attempt::Outcome& outcome) {
    const int failure = closing_ ? RAFT_CANCELED : RAFT_NOCONNECTION;
    request->cb(request, outcome.stream, outcome.stream == nullptr ? failure : 0);
  }).dial(*peer);
  return 0;
}

Attempt& Transport::start(Side side, Attempt::Done done) {
  return *attempts_.emplace_back(std::make_unique<Attempt>(
      context_, side, std::move(done), [this](Attempt* attempt) { forget(attempt); }));
}

void Transport::forget(Attempt* attempt) {
  attempts_.remove_if([&](const std::unique_ptr<Attempt>& one) { return one.get() == attempt; });
  maybe_closed();
}

void Transport::close(std::function<void()> closed) {
  ZKP_ASSERT(!closing_);
  closing_ = true;
  closed_ = std::move(closed);
  for (uv_tcp_t& listener : listeners_) {
    auto* const handle = reinterpret_cast<uv_handle_t*>(&listener);
    if (uv_is_closing(handle) != 0) continue;
    uv_close(handle, [](uv_handle_t* closing) {
      auto* const self = static_cast<Transport*>(closing->data);
      --self->open_listeners_;
      self->maybe_closed();
    });
  }
  for (const auto& attempt : attempts_) attempt->cancel();
  context_.sockets->close();
  maybe_closed();
}

void Transport::maybe_closed() {
  if (!closing_ || open_listeners_ > 0 || !attempts_.empty() || !closed_) return;
  std::exchange(closed_, nullptr)();
}

}  // namespace zkp::network::consensus::raft
