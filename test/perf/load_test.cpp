#include "test/perf/load.h"

#include <thread>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <gmock/gmock.h>

#include "test/perf/report.h"

namespace zkp::test::perf {
namespace {

namespace asio = boost::asio;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// A gateway of one connection: accepts every task after a while, and has it completed when asked.
class FakeGateway {
 public:
  explicit FakeGateway(std::chrono::milliseconds slowness, unsigned status = 202)
      : slowness_(slowness), status_(status), thread_([this] { run(); }) {}
  ~FakeGateway() { thread_.join(); }  // REQUIRES: a client came, and has gone
  [[nodiscard]] Address address() const {
    return {"127.0.0.1", std::to_string(acceptor_.local_endpoint().port())};
  }

 private:
  void run() {
    tcp::socket socket(io_);
    error_code error;
    acceptor_.accept(socket, error);
    boost::beast::flat_buffer buffer;
    while (!error) {
      wire::request<wire::string_body> request;
      wire::read(socket, buffer, request, error);
      if (error) break;
      const bool post = request.method() == wire::verb::post;
      if (post) std::this_thread::sleep_for(slowness_);
      wire::response<wire::string_body> response(wire::int_to_status(post ? status_ : 200), 11);
      response.body() = post ? R"({"task_id":"t"})"
                             : R"({"status":"completed","completed_at":"2026-01-01T00:00:00.000Z",
                                   "queue_ms":3,"prove_ms":4})";
      response.prepare_payload();
      wire::write(socket, response, error);
    }
  }

  const std::chrono::milliseconds slowness_;
  const unsigned status_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

LoadResult run(const FakeGateway& gateway, const LoadOptions& options) {
  const auto bodies = Bodies::open({});
  auto result = run_load(options, gateway.address(), *bodies);
  EXPECT_TRUE(result.ok());
  return result.ok() ? *std::move(result) : LoadResult{};
}

// Requests are due every 5 ms, and each takes 20: the tenth waits for nine others, and says so.
TEST(Load, MeasuresFromWhenARequestWasDue) {
  const FakeGateway gateway(std::chrono::milliseconds(20));
  const LoadResult result =
      run(gateway, {.mode = Mode::submit, .rate = 200, .connections = 1, .most_requests = 10});
  ASSERT_EQ(result.samples.size(), 10U);
  EXPECT_GE(*result.samples.back().accepted_ms, 10 * 20 - 9 * 5);
}

TEST(Load, FollowsTasksToTheirEnd) {
  const FakeGateway gateway(std::chrono::milliseconds(0));
  const LoadOptions options{.mode = Mode::end_to_end, .connections = 1, .most_requests = 3};
  const LoadResult result = run(gateway, options);
  ASSERT_EQ(result.samples.size(), 3U);
  EXPECT_EQ(result.samples[0].task_status, "completed");
  EXPECT_EQ(result.samples[0].queue_ms, 3);
  EXPECT_TRUE(all_went_well(result, options));
  EXPECT_EQ(report_of(result, options)["tasks"]["completed"], 3);
}

TEST(Load, CountsRefusals) {
  const FakeGateway gateway(std::chrono::milliseconds(0), 429);
  const LoadOptions options{.mode = Mode::end_to_end, .connections = 1, .most_requests = 2};
  const LoadResult result = run(gateway, options);
  EXPECT_EQ(report_of(result, options)["statuses"]["429"], 2);
  EXPECT_FALSE(all_went_well(result, options));
}

TEST(Load, CountsWhatCouldNotConnect) {
  const auto bodies = Bodies::open({});
  const LoadOptions options{.connections = 1, .most_requests = 2};
  const auto result = run_load(options, {"127.0.0.1", "1"}, *bodies);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(report_of(*result, options)["errors"]["connect: Connection refused"], 2);
}

TEST(Load, ReadsMoments) {
  EXPECT_EQ(parse_rfc3339_ms("1970-01-02T00:00:01.005Z"), 86'401'005);
  EXPECT_EQ(parse_rfc3339_ms("1970-01-02T00:00:01Z"), std::nullopt);
  EXPECT_EQ(parse_rfc3339_ms("1970-13-02T00:00:01.005Z"), std::nullopt);
  EXPECT_EQ(parse_rfc3339_ms(""), std::nullopt);
}

TEST(Load, ReadsAddresses) {
  EXPECT_EQ(parse_url("http://127.0.0.1:8080/")->port, "8080");
  EXPECT_EQ(parse_url("localhost:1")->host, "localhost");
  EXPECT_FALSE(parse_url("localhost").ok());
}

}  // namespace
}  // namespace zkp::test::perf
