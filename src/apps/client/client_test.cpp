#include <filesystem>
#include <fstream>
#include <future>

#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/client/api_client.h"
#include "network/http/multipart_reader.h"
#include "network/http/server.h"

// The client against a server of our own.
namespace zkp::apps {
namespace {

namespace http = network::http;
using http::BodySource;
using http::MultipartParser;
using http::MultipartReader;
using http::Response;
using http::Task;
using testing::HasSubstr;

Response json(int status, const std::string& body) { return {.status = status, .body = body}; }

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    router_.add("POST", "/echo", [](const http::Request& request) -> Task<base::Result<Response>> {
      co_return json(200, std::string(request.body));
    });
    router_.add_streamed("PUT", "/parts", std::uint64_t{1} << 30, &sizes_of_parts);
    router_.add_streamed(
        "PUT", "/refuses", std::uint64_t{1} << 30,
        [](const http::Request&, BodySource& body) -> Task<base::Result<Response>> {
          const auto piece = co_await body.next();
          co_return base::Error{
              base::ErrorCode::invalid_argument, "this is no r1cs", {{"/r1cs", "has no magic"}}};
        });
    router_.add_streamed("PUT", "/small", 1000, &sizes_of_parts);
    router_.add_streamed(
        "PUT", "/interrupts", std::uint64_t{1} << 30,
        [this](const http::Request&, BodySource& body) -> Task<base::Result<Response>> {
          auto piece = co_await body.next();
          stop_.request_stop();
          while (piece.ok() && !piece->empty()) piece = co_await body.next();
          broken_off_.set_value(!piece.ok());
          co_return json(200, "{}");
        });
    router_.add("GET", "/api/v1/proof/{id}",
                [this](const http::Request& request) -> Task<base::Result<Response>> {
                  EXPECT_THAT(std::string(*request.query_value("wait")), HasSubstr("s"));
                  const bool over = ++looks_ == 3;
                  co_return json(200, over ? R"({"status":"failed"})" : R"({"status":"running"})");
                });
    auto server = http::Server::start({.listen = "127.0.0.1:0"}, router_, random_);
    EXPECT_TRUE(server.ok());
    server_ = *std::move(server);
    file_ =
        std::filesystem::temp_directory_path() / ("zkp_client_test_" + std::to_string(::getpid()));
  }
  ~ClientTest() override { std::filesystem::remove(file_); }

  // {"NAME": BYTES, ...} in the order of the parts.
  static Task<base::Result<Response>> sizes_of_parts(const http::Request& request,
                                                     BodySource& body) {
    auto reader = MultipartReader::open(request, body);
    if (!reader.ok()) co_return reader.error();
    nlohmann::ordered_json sizes;
    std::string name;
    std::size_t size = 0;
    while (true) {
      const auto event = co_await reader->next();
      if (!event.ok()) co_return event.error();
      if (std::holds_alternative<MultipartReader::End>(*event)) break;
      if (const auto* part = std::get_if<MultipartParser::PartBegin>(&*event)) {
        name = part->name;
        size = 0;
      } else if (const auto* data = std::get_if<MultipartParser::Data>(&*event)) {
        size += data->bytes.size();
      } else {
        sizes[name] = size;
      }
    }
    co_return json(201, sizes.dump());
  }

  void make_file(std::size_t size) {
    std::ofstream(file_, std::ios::binary) << std::string(size, '\r');
  }
  ApiClient client() const { return *ApiClient::parse("http://" + server_->address()); }
  ApiClient::Request upload(const std::string& target) const {
    return {.method = "PUT",
            .target = target,
            .parts = {{.name = "text", .content_type = "application/json", .text = "{}"},
                      {.name = "file", .content_type = "x/y", .file = file_}}};
  }

  base::SystemRandom random_;
  http::Router router_;
  std::stop_source stop_;
  std::promise<bool> broken_off_;
  std::atomic<int> looks_ = 0;
  std::unique_ptr<http::Server> server_;
  std::filesystem::path file_;
};

TEST_F(ClientTest, SendsTextsAndFilesAsParts) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3'000'001}}) {
    make_file(size);
    auto request = upload("/parts");
    double last = 0;
    request.progress = [&](double sent) {
      EXPECT_GT(sent, last);
      last = sent;
    };
    const auto answer = client().call(request);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ((*answer)["text"], 2);
    EXPECT_EQ((*answer)["file"], size);
    EXPECT_EQ(last, 1);
  }
}

TEST_F(ClientTest, SendsJson) {
  const auto answer = client().call({.method = "POST", .target = "/echo", .body = R"({"a":1})"});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ((*answer)["a"], 1);
}

TEST_F(ClientTest, ReadsARefusalThatComesBeforeAllIsSent) {
  make_file(100 << 20);
  const auto refused = client().call(upload("/refuses"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "this is no r1cs");
  EXPECT_EQ(refused.error().details.at(0).pointer, "/r1cs");
  const auto large = client().call(upload("/small"));
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().code, base::ErrorCode::too_large) << large.error().message;
}

TEST_F(ClientTest, BreaksOffWhenItIsAskedToStop) {
  make_file(100 << 20);
  auto request = upload("/interrupts");
  request.stop = stop_.get_token();
  const auto answer = client().call(request);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, base::ErrorCode::cancelled);
  EXPECT_TRUE(broken_off_.get_future().get());
  EXPECT_EQ(client().call(request).error().code, base::ErrorCode::cancelled) << "asked before";
}

TEST_F(ClientTest, NamesTheFileThatItCannotRead) {
  const auto missing = client().call(upload("/parts"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, base::ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr(file_.string()));
  auto folder = upload("/parts");
  folder.parts[1].file = "/tmp";
  EXPECT_EQ(client().call(folder).error().code, base::ErrorCode::invalid_argument);

  make_file(600'000);
  auto body = RequestBody::of_parts(upload("/parts").parts, random_);
  ASSERT_TRUE(body.ok());
  std::filesystem::resize_file(file_, 599'999);
  auto piece = body->next();
  while (piece.ok() && !piece->empty()) piece = body->next();
  ASSERT_FALSE(piece.ok());
  EXPECT_THAT(piece.error().message, HasSubstr("1 bytes are missing"));
}

TEST_F(ClientTest, SaysThatNobodyAnswers) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  const std::string address = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  const auto waited = ApiClient::parse(address)->call({.timeout_s = 1});
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, base::ErrorCode::unavailable);
  EXPECT_THAT(waited.error().message, HasSubstr("timed out"));
  silent.close();
  EXPECT_THAT(ApiClient::parse(address)->call({}).error().message, HasSubstr("refused"));
}

TEST_F(ClientTest, WaitsUntilATaskHasEnded) {
  const auto task = client().wait_for_task("t", 60, {});
  ASSERT_TRUE(task.ok()) << task.error().message;
  EXPECT_EQ((*task)["status"], "failed");
  EXPECT_EQ(looks_, 3);
  EXPECT_EQ(client().wait_for_task("t", 0, {}).error().code, base::ErrorCode::deadline_exceeded);
  stop_.request_stop();
  EXPECT_EQ(client().wait_for_task("t", 60, stop_.get_token()).error().code,
            base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace zkp::apps
