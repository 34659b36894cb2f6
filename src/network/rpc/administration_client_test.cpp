#include "network/rpc/administration_client.h"

#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/impl/service_type.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "network/rpc/administration.h"
#include "network/rpc/channel.h"

namespace zkp::network::rpc {
namespace {

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

// A coordinator that says its name and no more. Port 0 asks for any.
class NamedCoordinator final : AdministrationHandler {
 public:
  NamedCoordinator(std::string id, const std::string& host, int port)
      : id_(std::move(id)), service_(serve_administration(*this)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(fmt::format("{}:{}", host, port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
  }
  ~NamedCoordinator() override { server_->Shutdown(); }
  [[nodiscard]] int port() const { return port_; }

  v1::ClusterDescription describe() override {
    v1::ClusterDescription description;
    description.set_coordinator_id(id_);
    return description;
  }
  void add_coordinator(const v1::CoordinatorAddress& /*address*/, Done done) override { done({}); }
  void remove_coordinator(const std::string& /*id*/, Done done) override { done({}); }
  void transfer_leadership(const std::string& /*id*/, Done done) override { done({}); }
  void drain_worker(const std::string& /*id*/, Done done) override { done({}); }

 private:
  const std::string id_;
  const std::unique_ptr<grpc::Service> service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Containers that were restarted have each other's addresses.
TEST(AdministrationClient, AsksWhoHasTheNameAndNotWhoHasItsOldAddress) {
  const NamedCoordinator one("one", "127.0.0.1", 0);
  const NamedCoordinator two("two", "127.0.0.2", one.port());
  NameServer names("127.0.0.1");
  const AdministrationClient client(
      {.coordinators = {names.target(one.port())}, .make_channel = open_channel});
  EXPECT_EQ(client.describe_each()[0].value().coordinator_id(), "one");
  names.point_to("127.0.0.2");
  EXPECT_EQ(client.describe_each()[0].value().coordinator_id(), "two");
}

}  // namespace
}  // namespace zkp::network::rpc
