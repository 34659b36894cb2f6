#include "network/rpc/channel.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/generic/async_generic_service.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace zkp::network::rpc {
namespace {

using namespace std::chrono_literals;

// A name server that has one IPv4 address for every name.
class NameServer {
 public:
  explicit NameServer(const char* address) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    point_to(address);
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof self;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&self), size), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&self), &size), 0);
    port_ = ntohs(self.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    ::shutdown(socket_, SHUT_RDWR);  // wakes recvfrom()
    thread_.join();
    ::close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  void point_to(const char* address) { address_ = ::inet_addr(address); }
  // What makes gRPC ask this server for the name.
  [[nodiscard]] std::string target(int port) const {
    return fmt::format("dns://127.0.0.1:{}/zkp-coordinator-1:{}", port_, port);
  }

 private:
  static constexpr std::size_t kHeader = 12;

  void serve() {
    std::array<std::uint8_t, 512> query;
    sockaddr_in asker{};
    socklen_t size = sizeof asker;
    while (true) {
      const ssize_t got = ::recvfrom(socket_, query.data(), query.size(), 0,
                                     reinterpret_cast<sockaddr*>(&asker), &size);
      if (got <= static_cast<ssize_t>(kHeader)) return;
      const std::string reply = answer(query.data());
      ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&asker),
               size);
    }
  }

  // RFC 1035, section 4: header, the question as it came, and its answer if it is for an address.
  [[nodiscard]] std::string answer(const std::uint8_t* query) const {
    const std::size_t name = std::strlen(reinterpret_cast<const char*>(query) + kHeader) + 1;
    const std::string question(reinterpret_cast<const char*>(query) + kHeader, name + 4);
    const bool for_address = question[name + 1] == 1;
    std::string reply(reinterpret_cast<const char*>(query), 2);
    reply += std::string("\x85\x80\x00\x01\x00", 5) + (for_address ? '\1' : '\0');
    reply += std::string(4, '\0') + question;
    if (for_address) {
      const std::uint32_t address = address_;
      reply += std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04", 12);
      reply.append(reinterpret_cast<const char*>(&address), sizeof address);
    }
    return reply;
  }

  const int socket_;
  std::atomic<in_addr_t> address_;
  int port_ = 0;
  std::thread thread_;
};

// A coordinator as far as a connection goes. Its port; 0 asks for any.
class Listener {
 public:
  explicit Listener(const std::string& host, int port = 0) {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(fmt::format("{}:{}", host, port), grpc::InsecureServerCredentials(),
                             &port_);
    server_ = builder.BuildAndStart();
  }
  ~Listener() { server_->Shutdown(std::chrono::system_clock::now()); }
  [[nodiscard]] int port() const { return port_; }

 private:
  grpc::CallbackGenericService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A container that comes back has another address. gRPC by itself asks again after 30 s only.
TEST(Channel, FindsAPeerThatCameBackWithAnotherAddress) {
  const auto connects = [](grpc::Channel& channel) {
    return channel.WaitForConnected(std::chrono::system_clock::now() + 15s);
  };
  auto peer = std::make_unique<Listener>("127.0.0.1");
  const int port = peer->port();
  NameServer names("127.0.0.1");
  const auto channel = open_channel(names.target(port));
  ASSERT_TRUE(connects(*channel));

  peer.reset();
  ASSERT_TRUE(
      channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + 15s));
  names.point_to("127.0.0.2");
  peer = std::make_unique<Listener>("127.0.0.2", port);
  ASSERT_EQ(peer->port(), port);
  EXPECT_TRUE(connects(*channel));
}

}  // namespace
}  // namespace zkp::network::rpc
