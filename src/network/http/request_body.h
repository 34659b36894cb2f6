#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/secret.h"
#include "network/http/message.h"

namespace zkp::network::http {

// Memory that holds bodies is wiped before it is given back.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    base::wipe(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

using ReadBuffer = boost::beast::basic_flat_buffer<WipingAllocator<char>>;

// A body of Beast's that keeps no byte: its value is what came last, where it lies in the buffer
// that was read into, until that is read into again.
struct PieceBody {
  using value_type = std::string_view;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(boost::beast::http::header<is_request, Fields>&, value_type& piece) : piece_(piece) {}
    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
      error = {};
    }
    template <class Buffer>
    std::size_t put(const Buffer& buffer, boost::system::error_code& error) {
      error = {};
      piece_ = {static_cast<const char*>(buffer.data()), buffer.size()};
      return buffer.size();
    }
    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& piece_;
  };
};

using RequestParser = boost::beast::http::request_parser<PieceBody>;

// The body of the request whose header the parser has read.
class RequestBody final : public BodySource {
 public:
  struct Limits {
    std::uint64_t most_bytes = 0;
    std::chrono::milliseconds timeout{};
    bool timeout_of_each_piece = false;  // of each kMostPieceBytes; else of the whole
  };

  // REQUIRES: all of them outlive the body, and nobody else reads meanwhile.
  RequestBody(boost::beast::tcp_stream& stream, ReadBuffer& buffer, RequestParser& parser,
              const Limits& limits);
  ~RequestBody() override;  // leaves in the buffer what came after the body, and that alone

  // Other limits, before the first call of next(); too_large at once if more is promised.
  base::Status limit(const Limits& limits);
  Task<base::Result<std::string_view>> next() override;

  [[nodiscard]] bool finished() const { return parser_.is_done(); }
  // The client broke off, or was too slow: there is nobody to answer.
  [[nodiscard]] bool deserted() const { return deserted_; }
  // What is left is sure to come, and so little that reading it costs less than a new connection.
  [[nodiscard]] bool worth_finishing() const;
  // Reads what is left, for the next request; false if it does not come.
  Task<bool> skip();

 private:
  Task<boost::system::error_code> read_some();
  void fail(boost::system::error_code error);
  base::Error too_large() const;

  boost::beast::tcp_stream& stream_;
  ReadBuffer& buffer_;
  RequestParser& parser_;
  Limits limits_;
  bool must_ask_;  // Expect: 100-continue
  std::uint64_t received_ = 0;
  std::size_t received_in_time_ = 0;  // since time_left_ was set
  std::chrono::nanoseconds time_left_{};
  std::optional<base::Error> failure_;
  bool deserted_ = false;
};

}  // namespace zkp::network::http
