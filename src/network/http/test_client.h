#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// A blocking HTTP client for tests: one connection, kept alive. One thread.
namespace zkp::network::http {

struct TestReply {
  unsigned status = 0;
  boost::beast::http::fields headers;
  std::string body;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(headers[boost::beast::string_view(name.data(), name.size())]);
  }
};

class TestClient {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit TestClient(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    boost::asio::ip::tcp::resolver resolver(io_);
    boost::asio::connect(socket_, resolver.resolve(host, address.substr(colon + 1)));
  }

  TestReply get(const std::string& target, const Headers& headers = {}) {
    return request("GET", target, "", headers);
  }
  TestReply post(const std::string& target, const std::string& body, Headers headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return request("POST", target, body, headers);
  }

  TestReply request(const std::string& method, const std::string& target, const std::string& body,
                    const Headers& headers = {}) {
    namespace http = boost::beast::http;
    http::request<http::string_body> message;
    message.method_string(method);
    message.target(target);
    message.version(11);
    message.set(http::field::host, "test");
    for (const auto& [name, value] : headers) message.set(name, value);
    message.body() = body;
    message.prepare_payload();
    http::write(socket_, message);
    return read(method == "HEAD");
  }

  // Bytes as they are.
  void send(std::string_view bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  TestReply read(bool without_body = false) {
    namespace http = boost::beast::http;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{64} << 20);
    parser.skip(without_body);
    http::read(socket_, buffer_, parser);
    return {parser.get().result_int(), parser.get().base(), parser.get().body()};
  }

  // The text up to and with the next `end`, chunk borders included; what there is if the server
  // closes first.
  std::string read_until(std::string_view end) {
    boost::system::error_code error;
    const std::size_t size = boost::asio::read_until(socket_, text_, std::string(end), error);
    std::string text(boost::asio::buffers_begin(text_.data()),
                     boost::asio::buffers_begin(text_.data()) +
                         static_cast<std::ptrdiff_t>(error ? text_.size() : size));
    text_.consume(text.size());
    return text;
  }

  // True once the server has closed the connection; reads and drops what came before.
  bool closed() {
    boost::system::error_code error;
    boost::asio::streambuf rest;
    boost::asio::read(socket_, rest, error);
    return bool(error);
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
  boost::asio::streambuf text_;
};

}  // namespace zkp::network::http
