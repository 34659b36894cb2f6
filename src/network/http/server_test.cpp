#include "network/http/server.h"

#include <future>
#include <thread>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/http/blocking_pool.h"
#include "network/http/problem.h"
#include "network/http/test_client.h"

namespace zkp::network::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::HasSubstr;

// A handler that waits until the test lets it go.
class Gate {
 public:
  Task<void> pass() {
    entered_.set_value();
    co_await pool_.run([this] {
      opened_.get_future().wait();
      return true;
    });
  }
  void wait_until_entered() { entered_.get_future().wait(); }
  void open() { opened_.set_value(); }
  BlockingPool& pool() { return pool_; }

 private:
  std::promise<void> entered_, opened_;
  BlockingPool pool_{2};
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    options_.listen = "127.0.0.1:0";
    router_.add("GET", "/hello/{name}", [](const Request& request) -> Task<base::Result<Response>> {
      co_return Response{.content_type = "text/plain",
                         .body = "hello " + request.parameter("name")};
    });
    router_.add("POST", "/echo", [](const Request& request) -> Task<base::Result<Response>> {
      co_return Response{.status = 201, .body = std::string(request.body)};
    });
    router_.add("GET", "/query", [](const Request& request) -> Task<base::Result<Response>> {
      co_return Response{.body = std::string(request.query_value("q").value_or("none"))};
    });
    router_.add("GET", "/gate", [this](const Request&) -> Task<base::Result<Response>> {
      co_await gate_.pass();
      co_return Response{.body = "through"};
    });
    router_.add("GET", "/wrong", [](const Request&) -> Task<base::Result<Response>> {
      co_return base::Error{base::ErrorCode::invalid_argument,
                            "two places are wrong",
                            {{"/a", "no"}, {"/b/0", "neither"}}};
    });
    router_.add("GET", "/broken", [](const Request&) -> Task<base::Result<Response>> {
      co_return base::Error{base::ErrorCode::internal, "disk 7 has gone"};
    });
    router_.add("GET", "/throws", [](const Request&) -> Task<base::Result<Response>> {
      throw std::bad_alloc();
      co_return Response{};
    });
    router_.add("GET", "/count", [](const Request&) -> Task<base::Result<Response>> {
      co_return Response{.content_type = "text/plain",
                         .stream = [](StreamWriter& out) -> Task<void> {
                           co_await out.write("one\n");
                           co_await out.write("two\n");
                         }};
    });
  }

  void start() {
    auto server = Server::start(options_, router_, random_);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = *std::move(server);
  }
  TestClient client() { return TestClient(server_->address()); }
  // Until the server, which is stopping, takes no more connections.
  void wait_until_refused() {
    asio::io_context io;
    const std::string address = server_->address();
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    boost::system::error_code error;
    while (error != asio::error::connection_refused) {
      tcp::socket(io).connect({asio::ip::address_v4::loopback(), port}, error);
    }
  }

  base::SystemRandom random_;
  Server::Options options_;
  Router router_;
  Gate gate_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, ServesManyRequestsOnOneConnection) {
  start();
  auto client = this->client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.get("/hello/w%6Frld");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, "hello world");
    EXPECT_EQ(reply.header("Content-Type"), "text/plain");
  }
  EXPECT_EQ(client.post("/echo", "body").body, "body");
  EXPECT_EQ(client.get("/query?x=1&q=a+b%26").body, "a b&");
  EXPECT_EQ(client.get("/query").body, "none");
}

TEST_F(ServerTest, ListensOnIpv6InBrackets) {
  options_.listen = "[::1]:0";
  start();
  EXPECT_THAT(server_->address(), testing::StartsWith("[::1]:"));
  EXPECT_EQ(client().get("/hello/you").body, "hello you");
}

TEST_F(ServerTest, RefusesAddressesThatAreNone) {
  for (const char* listen : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
                             "127.0.0.1:70000", "::1:8080", "[::1:80"}) {
    options_.listen = listen;
    const auto server = Server::start(options_, router_, random_);
    ASSERT_FALSE(server.ok()) << listen;
    EXPECT_EQ(server.error().code, base::ErrorCode::invalid_argument) << listen;
  }
}

TEST_F(ServerTest, SaysThatAnAddressIsTaken) {
  start();
  options_.listen = server_->address();
  const auto second = Server::start(options_, router_, random_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, base::ErrorCode::unavailable);
}

TEST_F(ServerTest, KeepsASaneRequestIdAndMakesAnotherOtherwise) {
  start();
  auto client = this->client();
  const std::string longest(64, 'x');
  for (const std::string& id : {std::string("a.B_9-"), longest}) {
    EXPECT_EQ(client.get("/hello/a", {{"X-Request-Id", id}}).header("X-Request-Id"), id);
  }
  for (const std::string& id : {std::string("a b"), longest + "x", std::string("<script>")}) {
    const auto made = client.get("/hello/a", {{"X-Request-Id", id}}).header("X-Request-Id");
    EXPECT_EQ(made.size(), 32U);
    EXPECT_NE(made, id);
  }
  const auto problem = client.get("/nowhere", {{"X-Request-Id", "mine"}});
  EXPECT_EQ(problem.json()["request_id"], "mine");
  EXPECT_EQ(problem.header("X-Request-Id"), "mine");
}

TEST_F(ServerTest, TellsErrorsAsProblems) {
  start();
  auto client = this->client();
  const auto wrong = client.get("/wrong");
  EXPECT_EQ(wrong.status, 422U);
  EXPECT_EQ(wrong.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(wrong.json()["type"], "urn:zkp:problem:invalid_argument");
  EXPECT_EQ(wrong.json()["title"], "Unprocessable Entity");
  EXPECT_EQ(wrong.json()["status"], 422);
  EXPECT_EQ(wrong.json()["detail"], "two places are wrong");
  EXPECT_EQ(wrong.json()["errors"][1]["pointer"], "/b/0");
  EXPECT_EQ(wrong.json()["errors"][1]["detail"], "neither");

  const auto missing = client.get("/hello");
  EXPECT_EQ(missing.status, 404U);
  EXPECT_FALSE(missing.json().contains("errors"));
  EXPECT_EQ(client.get("/hello/").status, 404U);
  EXPECT_EQ(client.get("/hello/%4").status, 400U);
  EXPECT_EQ(client.get("/query?q=%zz").status, 400U);
}

TEST_F(ServerTest, KeepsWhatWentWrongInsideToItself) {
  start();
  auto client = this->client();
  for (const char* path : {"/broken", "/throws"}) {
    const auto reply = client.get(path);
    EXPECT_EQ(reply.status, 500U) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr("disk 7"))) << path;
  }
  EXPECT_EQ(client.get("/hello/a").status, 200U);
}

TEST_F(ServerTest, NamesTheMethodsThatAPathTakes) {
  start();
  auto client = this->client();
  const auto reply = client.request("DELETE", "/hello/a", "");
  EXPECT_EQ(reply.status, 405U);
  EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.get("/echo").header("Allow"), "POST");
  EXPECT_EQ(client.request("HEAD", "/echo", "").status, 405U);
}

TEST_F(ServerTest, AnswersHeadLikeGetWithoutTheBody) {
  start();
  auto client = this->client();
  const auto reply = client.request("HEAD", "/hello/world", "");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.header("Content-Length"), "11");
  EXPECT_EQ(client.request("HEAD", "/count", "").status, 200U);
  EXPECT_EQ(client.get("/hello/a").body, "hello a");
}

TEST_F(ServerTest, StreamsInChunksAndGoesOn) {
  start();
  auto client = this->client();
  const auto reply = client.get("/count");
  EXPECT_EQ(reply.body, "one\ntwo\n");
  EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(client.get("/hello/a").status, 200U);

  auto old = this->client();
  old.send("GET /count HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().body, "one\ntwo\n");
}

TEST_F(ServerTest, RefusesABodyOverTheLimitWithoutReadingIt) {
  options_.most_body_bytes = 100;
  start();
  EXPECT_EQ(client().post("/echo", std::string(100, 'x')).status, 201U);
  EXPECT_EQ(client().post("/echo", std::string(101, 'x')).status, 413U);

  auto promised = client();
  promised.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n");
  EXPECT_EQ(promised.read().status, 413U);
  auto chunked = client();
  chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
               std::string(101, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read().status, 413U);
}

TEST_F(ServerTest, LetsAClientReadTheRefusalOfALargeBody) {
  start();
  const auto reply = client().post("/echo", std::string(20 << 20, 'x'));
  EXPECT_EQ(reply.status, 413U);
  EXPECT_EQ(reply.json()["status"], 413);
}

TEST_F(ServerTest, AsksForABodyThatWaitsToBeAskedFor) {
  start();
  auto client = this->client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  client.send("ok");
  EXPECT_EQ(client.read().body, "ok");
}

TEST_F(ServerTest, RefusesHeadersOverTheLimit) {
  start();
  EXPECT_EQ(client().get("/hello/a", {{"X-Long", std::string(20'000, 'x')}}).status, 431U);
  EXPECT_EQ(client().get("/hello/" + std::string(100'000, 'x')).status, 431U);
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
  start();
  for (const char* bytes :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n"}) {
    auto client = this->client();
    client.send(bytes);
    EXPECT_EQ(client.read().status, 400U) << bytes;
    EXPECT_TRUE(client.closed()) << bytes;
  }
}

TEST_F(ServerTest, CutsOffClientsThatAreTooSlow) {
  options_.header_timeout = 50ms;
  options_.body_timeout = 50ms;
  start();
  auto silent = client();
  auto slow_header = client();
  slow_header.send("GET / HT");
  auto slow_body = client();
  slow_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(slow_header.closed());
  EXPECT_TRUE(slow_body.closed());
}

TEST_F(ServerTest, MakesNewConnectionsWaitWhenThereAreTooMany) {
  options_.most_connections = 1;
  start();
  auto first = std::make_unique<TestClient>(server_->address());
  EXPECT_EQ(first->get("/hello/1").status, 200U);
  auto second = std::async([&] { return client().get("/hello/2").status; });
  EXPECT_EQ(second.wait_for(30ms), std::future_status::timeout);
  first.reset();
  EXPECT_EQ(second.get(), 200U);
}

TEST_F(ServerTest, ServesManyConnectionsAtOnce) {
  start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(std::make_unique<TestClient>(server_->address()));
  for (auto& client : clients) client->send("GET /hello/you HTTP/1.1\r\nHost: a\r\n\r\n");
  for (auto& client : clients) EXPECT_EQ(client->read().body, "hello you");
}

TEST_F(ServerTest, StopsIdleConnectionsAtOnceAndBusyOnesAfterTheirAnswer) {
  start();
  auto idle = client();
  EXPECT_EQ(idle.get("/hello/a").status, 200U);
  auto busy = client();
  busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_until_entered();
  auto stopped = std::async([&] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  gate_.open();
  EXPECT_EQ(busy.read().body, "through");
  EXPECT_TRUE(busy.closed());
  stopped.get();
}

TEST_F(ServerTest, AnswersWhatHadBegunToComeInWhenItStops) {
  start();
  auto idle = client();
  EXPECT_EQ(idle.get("/hello/a").status, 200U);
  auto client = this->client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  auto stopped = std::async([&] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  client.send("ok");
  EXPECT_EQ(client.read().body, "ok");
  EXPECT_TRUE(client.closed());
  stopped.get();
}

TEST_F(ServerTest, AnswersTheNextRequestOfAConnectionWithinItsGraceAndSaysThatItCloses) {
  options_.idle_grace = 60s;
  start();
  auto used = client();
  EXPECT_EQ(used.get("/hello/a").header("Connection"), "");
  auto fresh = client();
  const auto began = std::chrono::steady_clock::now();
  auto stopped = std::async([&] { server_->stop(); });
  wait_until_refused();
  for (auto* client : {&used, &fresh}) {
    const auto reply = client->get("/hello/a");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client->closed());
  }
  stopped.get();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s) << "it waits for nobody";
}

TEST_F(ServerTest, ClosesConnectionsThatStayIdleForTheGrace) {
  options_.idle_grace = 20ms;
  options_.stop_timeout = 60s;
  start();
  auto idle = client();
  EXPECT_EQ(idle.get("/hello/a").status, 200U);
  const auto began = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_TRUE(idle.closed());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
}

// A socket that several servers hold, each by a descriptor of its own, as processes would.
class SharedSocketTest : public ServerTest {
 protected:
  SharedSocketTest() { options_.idle_grace = 1s; }

  std::unique_ptr<Server> serve(const std::string& name) {
    Router router;
    router.add("GET", "/name", [name](const Request&) -> Task<base::Result<Response>> {
      co_return Response{.body = name};
    });
    options_.listen_socket = ::dup(listener_.native_handle());
    auto server = Server::start(options_, std::move(router), random_);
    EXPECT_TRUE(server.ok()) << server.error().message;
    return *std::move(server);
  }
  std::string address() { return *address_of(listener_.native_handle()); }

  asio::io_context io_;
  tcp::acceptor listener_{io_, {asio::ip::address_v4::loopback(), 0}};
};

TEST_F(SharedSocketTest, TheNextServerTakesOverWithoutAConnectionRefusedOrReset) {
  auto waiting = std::make_unique<TestClient>(address());  // in the kernel's queue
  waiting->send("GET /name HTTP/1.1\r\nHost: a\r\n\r\n");
  auto old = serve("old");
  EXPECT_EQ(old->address(), address());
  EXPECT_EQ(waiting->read().body, "old");
  waiting.reset();

  std::atomic<bool> over = false;
  std::atomic<int> by_old = 0, by_new = 0;
  std::vector<std::future<void>> clients;
  for (const bool keeps : {false, false, true, true}) {
    clients.push_back(std::async(std::launch::async, [&, keeps] {
      auto client = std::make_unique<TestClient>(address());
      while (!over) {
        const auto reply = client->get("/name");  // throws if the connection is cut
        ++(reply.body == "old" ? by_old : by_new);
        if (!keeps || reply.header("Connection") == "close") {
          client = std::make_unique<TestClient>(address());
        }
      }
    }));
  }
  while (by_old < 100) std::this_thread::yield();
  auto next = serve("new");
  while (by_new < 100) std::this_thread::yield();
  old->stop();
  old.reset();
  by_new = 0;
  while (by_new < 100) std::this_thread::yield();
  over = true;
  for (auto& client : clients) EXPECT_NO_THROW(client.get());
}

TEST_F(SharedSocketTest, ConnectionsWaitWhileThereIsNoServer) {
  serve("first")->stop();
  std::unique_ptr<Server> second;
  auto waiting = TestClient(address());
  waiting.send("GET /name HTTP/1.1\r\nHost: a\r\n\r\n");
  second = serve("second");
  EXPECT_EQ(waiting.read().body, "second");
}

TEST_F(SharedSocketTest, OnlyATcpSocketThatListensWillDo) {
  tcp::socket silent(io_, tcp::v4());
  asio::local::stream_protocol::acceptor local(io_, std::string("\0zkp-http-test", 14));
  for (const int descriptor : {-1, silent.native_handle(), local.native_handle()}) {
    options_.listen_socket = descriptor;
    const auto server = Server::start(options_, router_, random_);
    ASSERT_FALSE(server.ok()) << descriptor;
    EXPECT_EQ(server.error().code, base::ErrorCode::invalid_argument) << descriptor;
  }
}

TEST_F(ServerTest, StopsAlthoughAHandlerDoesNotReturn) {
  options_.stop_timeout = 20ms;
  start();
  auto busy = client();
  busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_until_entered();
  server_->stop();
  gate_.open();
  gate_.pool().join();
  server_.reset();
  EXPECT_TRUE(busy.closed());
}

TEST_F(ServerTest, TellsEachExchange) {
  std::promise<std::string> told;
  options_.on_exchange = [&](const Exchange& exchange) {
    told.set_value(std::string(exchange.method) + " " + std::string(exchange.route) + " " +
                   std::to_string(exchange.status));
  };
  start();
  client().get("/hello/me");
  EXPECT_EQ(told.get_future().get(), "GET /hello/{name} 200");
}

}  // namespace
}  // namespace zkp::network::http
