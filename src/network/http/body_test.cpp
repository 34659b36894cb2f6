#include <future>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/hex.h"
#include "base/sha256.h"
#include "network/http/multipart_reader.h"
#include "network/http/server.h"
#include "network/http/test_client.h"

// Request bodies that are streamed to their handler.
namespace zkp::network::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::size_t kPiece = BodySource::kMostPieceBytes;
constexpr std::uint64_t kMostBody = 200 << 20;

std::string sized(std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; }
std::string put(const std::string& path, const std::string& headers) {
  return "PUT " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}
std::string chunk(const std::string& bytes) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + bytes + "\r\n";
}
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

class BodyTest : public testing::Test {
 protected:
  BodyTest() {
    options_.listen = "127.0.0.1:0";
    options_.most_body_bytes = 100;
    router_.add("GET", "/hello", [](const Request&) -> Task<base::Result<Response>> {
      co_return Response{.body = "hello"};
    });
    router_.add_streamed("PUT", "/digest", kMostBody, &digest);
    router_.add_streamed("PUT", "/small", 10, [this](const Request&, BodySource& body) {
      ++calls_;
      return count(body);
    });
    router_.add_streamed("PUT", "/count", kMostBody,
                         [this](const Request&, BodySource& body) { return count(body); });
    router_.add_streamed("PUT", "/first", kMostBody, &first_piece);
    router_.add_streamed("PUT", "/never", kMostBody,
                         [](const Request&, BodySource&) -> Task<base::Result<Response>> {
                           co_return base::Error{base::ErrorCode::conflict, "not now"};
                         });
    router_.add_streamed("PUT", "/parts", kMostBody, &list_parts);
  }

  static Task<base::Result<Response>> digest(const Request& request, BodySource& body) {
    EXPECT_TRUE(request.body.empty());
    base::Sha256Stream hash;
    while (true) {
      const auto piece = co_await body.next();
      if (!piece.ok()) co_return piece.error();
      EXPECT_LE(piece->size(), kPiece);
      if (piece->empty()) break;
      hash.update(base::as_bytes(*piece));
    }
    EXPECT_TRUE((co_await body.next())->empty()) << "the end comes again";
    co_return Response{.body = base::to_hex(hash.finish())};
  }

  // Answers with the number of bytes; tells of each piece, and of the error if one comes.
  Task<base::Result<Response>> count(BodySource& body) {
    std::size_t size = 0;
    while (true) {
      const auto piece = co_await body.next();
      if (!piece.ok()) {
        EXPECT_EQ((co_await body.next()).error().message, piece.error().message);
        failed_.set_value(piece.error().code);
        co_return piece.error();
      }
      if (piece->empty()) co_return Response{.body = std::to_string(size)};
      size += piece->size();
      if (!std::exchange(has_begun_, true)) begun_.set_value();
      if (pause_ > 0ms) {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, pause_);
        co_await timer.async_wait(boost::asio::use_awaitable);
      }
    }
  }

  static Task<base::Result<Response>> first_piece(const Request&, BodySource& body) {
    const auto piece = co_await body.next();
    if (!piece.ok()) co_return piece.error();
    co_return Response{.status = 422, .body = std::string(piece->substr(0, 5))};
  }

  static Task<base::Result<Response>> list_parts(const Request& request, BodySource& body) {
    auto reader = MultipartReader::open(request, body);
    if (!reader.ok()) co_return reader.error();
    std::string story;
    while (true) {
      const auto event = co_await reader->next();
      if (!event.ok()) co_return event.error();
      if (std::holds_alternative<MultipartReader::End>(*event)) break;
      if (const auto* part = std::get_if<MultipartParser::PartBegin>(&*event)) {
        story += part->name + "=";
      } else if (const auto* data = std::get_if<MultipartParser::Data>(&*event)) {
        story += data->bytes;
      } else {
        story += ";";
      }
    }
    co_return Response{.body = story};
  }

  void start() {
    auto server = Server::start(options_, router_, random_);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = *std::move(server);
  }
  TestClient client() { return TestClient(server_->address()); }

  base::SystemRandom random_;
  Server::Options options_;
  Router router_;
  std::atomic<int> calls_ = 0;
  std::chrono::milliseconds pause_{0};
  bool has_begun_ = false;  // by the threads of one connection at a time
  std::promise<void> begun_;
  std::promise<base::ErrorCode> failed_;
  std::unique_ptr<Server> server_;
};

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST_F(BodyTest, StreamsALargeBodyInBoundedMemory) {
  constexpr std::size_t kPieces = 1600;  // 100 MiB
  start();
  auto client = this->client();
  const std::string piece(kPiece + 3, 'x');
  EXPECT_EQ(client.get("/hello").body, "hello");
  const long before = peak_kilobytes();
  client.send(put("/digest", sized(kPieces * piece.size())));
  base::Sha256Stream hash;
  for (std::size_t i = 0; i < kPieces; ++i) {
    client.send(piece);
    hash.update(base::as_bytes(piece));
  }
  EXPECT_EQ(client.read().body, base::to_hex(hash.finish()));
  EXPECT_LT(peak_kilobytes() - before, 32 << 10);
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST_F(BodyTest, TakesChunksOfAnySize) {
  start();
  auto client = this->client();
  const std::string large(3 * kPiece + 1, 'y');
  client.send(put("/digest", kChunked) + chunk("a") + chunk("bc") + chunk(large) + chunk(""));
  EXPECT_EQ(client.read().body, base::to_hex(base::sha256(base::as_bytes("abc" + large))));
  client.send(put("/count", kChunked) + chunk(""));
  EXPECT_EQ(client.read().body, "0");
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST_F(BodyTest, AnswersTheRequestsBehindABody) {
  start();
  auto client = this->client();
  const std::string next = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(put("/digest", sized(2)) + "ab" + next + put("/digest", kChunked) + chunk("ab") +
              chunk("") + next);
  const std::string digest = base::to_hex(base::sha256(base::as_bytes("ab")));
  for (const std::string& body : {digest, std::string("hello"), digest, std::string("hello")}) {
    EXPECT_EQ(client.read().body, body);
  }
}

TEST_F(BodyTest, HasALimitForEachRoute) {
  start();
  auto exact = client();
  EXPECT_EQ(exact.request("PUT", "/small", std::string(10, 'x')).body, "10");
  auto promised = client();
  promised.send(put("/small", sized(11)));
  const auto reply = promised.read();
  EXPECT_EQ(reply.status, 413U);
  EXPECT_THAT(reply.body, HasSubstr("larger than 10 bytes"));
  EXPECT_EQ(calls_, 1) << "it is refused without asking the handler";

  auto chunked = client();
  chunked.send(put("/small", kChunked) + chunk("123456") + chunk("78901"));
  EXPECT_EQ(chunked.read().status, 413U);
  EXPECT_EQ(failed_.get_future().get(), base::ErrorCode::too_large);
  EXPECT_TRUE(chunked.closed());
}

TEST_F(BodyTest, AsksForABodyOnlyWhenItIsWanted) {
  start();
  auto client = this->client();
  const std::string expects = "Expect: 100-continue\r\n";
  client.send(put("/digest", expects + sized(2)));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  client.send("ab");
  EXPECT_EQ(client.read().body, base::to_hex(base::sha256(base::as_bytes("ab"))));

  for (const auto& [path, status] : {std::pair{"/never", 409U}, {"/small", 413U}, {"/no", 404U}}) {
    auto refused = this->client();
    refused.send(put(path, expects + sized(11)));
    const auto reply = refused.read();
    EXPECT_EQ(reply.status, status) << path;
    EXPECT_EQ(reply.header("Connection"), "close") << path;
  }
  auto old = this->client();
  old.send("PUT /digest HTTP/1.0\r\n" + expects + sized(2) + "\r\nab");
  EXPECT_EQ(old.read().status, 200U);
}

TEST_F(BodyTest, LetsAClientReadAnAnswerThatComesEarly) {
  start();
  auto client = this->client();
  const auto reply = client.request("PUT", "/first", std::string(20 << 20, 'x'));
  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(reply.body, "xxxxx");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.closed());

  auto waiting = this->client();
  waiting.send(put("/first", sized(20 << 20)) + "begun");
  EXPECT_EQ(waiting.read().body, "begun") << "it does not wait for the rest";
}

TEST_F(BodyTest, KeepsTheConnectionIfLittleIsLeftOfTheBody) {
  start();
  auto client = this->client();
  EXPECT_EQ(client.request("PUT", "/never", std::string(kPiece, 'x')).status, 409U);
  EXPECT_EQ(client.request("PUT", "/nowhere", "{}").status, 404U);
  client.send(put("/never", sized(2)));
  EXPECT_EQ(client.read().status, 409U);
  client.send("ab");
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST_F(BodyTest, LimitsTheTimeOfEachPieceAndNotOfTheWhole) {
  options_.body_timeout = 500ms;
  start();
  auto client = this->client();
  const std::string piece(kPiece, 'x');
  client.send(put("/count", sized(4 * kPiece)) + piece);
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(200ms);
    client.send(piece);
  }
  EXPECT_EQ(client.read().body, std::to_string(4 * kPiece));
}

TEST_F(BodyTest, DoesNotCountTheTimeOfTheHandler) {
  options_.body_timeout = 200ms;
  pause_ = 250ms;
  start();
  auto client = this->client();
  client.send(put("/count", kChunked) + chunk("a"));
  begun_.get_future().wait();
  client.send(chunk("b") + chunk(""));
  EXPECT_EQ(client.read().body, "2");
}

TEST_F(BodyTest, CutsOffAClientThatIsTooSlow) {
  options_.body_timeout = 50ms;
  options_.on_exchange = [](const Exchange&) { ADD_FAILURE() << "there was no answer"; };
  start();
  auto client = this->client();
  client.send(put("/count", sized(10)) + "half");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(failed_.get_future().get(), base::ErrorCode::deadline_exceeded);
}

TEST_F(BodyTest, TellsTheHandlerThatTheClientBrokeOff) {
  start();
  {
    auto client = this->client();
    client.send(put("/count", sized(10)) + "half");
    begun_.get_future().wait();
  }
  EXPECT_EQ(failed_.get_future().get(), base::ErrorCode::cancelled);
  EXPECT_EQ(client().get("/hello").body, "hello");
}

TEST_F(BodyTest, RefusesABodyThatIsNotHttp) {
  start();
  auto client = this->client();
  client.send(put("/count", kChunked) + chunk("a") + "nonsense\r\n");
  EXPECT_EQ(client.read().status, 400U);
  EXPECT_TRUE(client.closed());
}

TEST_F(BodyTest, FinishesAStreamedRequestWhenItStops) {
  std::promise<std::string> told;
  options_.on_exchange = [&](const Exchange& exchange) {
    told.set_value(std::string(exchange.method) + " " + std::string(exchange.route) + " " +
                   std::to_string(exchange.status));
  };
  start();
  auto idle = client();
  auto client = this->client();
  client.send(put("/count", sized(10)) + "half");
  begun_.get_future().wait();
  auto stopped = std::async([&] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  client.send("way up");
  const auto reply = client.read();
  EXPECT_EQ(reply.body, "10");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(told.get_future().get(), "PUT /count 200");
  stopped.get();
}

TEST_F(BodyTest, IsTakenApartWhileItComesIn) {
  start();
  auto client = this->client();
  const std::string type = "Content-Type: multipart/form-data; boundary=B\r\n";
  const std::string large(2 * kPiece, 'x');
  const std::string one = "--B\r\nContent-Disposition: form-data; name=one\r\n\r\n" + large;
  const std::string two = "\r\n--B\r\nContent-Disposition: form-data; name=two\r\n\r\n\r\n--B--";
  client.send(put("/parts", type + kChunked) + chunk(one) + chunk(two) + chunk(""));
  EXPECT_EQ(client.read().body, "one=" + large + ";two=;");

  client.send(put("/parts", type + sized(one.size())) + one);
  const auto cut = client.read();
  EXPECT_EQ(cut.status, 400U);
  EXPECT_THAT(cut.body, HasSubstr("before its last boundary"));
  EXPECT_EQ(client.request("PUT", "/parts", "{}", {{"Content-Type", "text/json"}}).status, 400U);
}

}  // namespace
}  // namespace zkp::network::http
