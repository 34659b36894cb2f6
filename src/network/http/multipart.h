#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace zkp::network::http {

// Takes a multipart/form-data body (RFC 7578, RFC 2046) apart while it comes in. Pure: no I/O, and
// memory for one part's header only; data is passed on where it lies. The events do not depend on
// how the body is cut into pieces, but for where data is cut. One thread.
//
//   parser.feed(piece);
//   while (true) { event = parser.next(); if (it is NeedMore) break; ... }
//
// What stands before the first boundary and after the last is left out. Errors are
// invalid_argument, or too_large over a limit; after one the parser is of no further use.
class MultipartParser {
 public:
  static constexpr std::size_t kMostHeaderBytes = 8 << 10;  // of one part
  static constexpr std::size_t kMostParts = 32;

  struct NeedMore {};  // the piece is used up
  struct PartBegin {
    std::string name;
    std::optional<std::string> filename;  // as the client says; not a path to open
  };
  // Never empty. Lies in the piece or in the parser; valid until the next call.
  struct Data {
    std::string_view bytes;
  };
  struct PartEnd {};
  using Event = std::variant<NeedMore, PartBegin, Data, PartEnd>;

  // Of a Content-Type header: multipart/form-data with a boundary of 1 to 70 characters.
  static base::Result<MultipartParser> from_content_type(std::string_view content_type);

  // REQUIRES: next() has answered NeedMore since the last call. The piece stays until it does.
  void feed(std::string_view piece);
  base::Result<Event> next();
  // At the end of the body: an error unless its last boundary has come.
  [[nodiscard]] base::Status finish() const;

 private:
  enum class State { preamble, data, delimiter_line, header_line, epilogue };

  explicit MultipartParser(const std::string& boundary);

  [[nodiscard]] std::size_t candidate() const;
  std::optional<Event> scan();
  base::Result<std::optional<Event>> read_line();
  base::Result<std::optional<Event>> end_line();
  base::Result<std::optional<Event>> end_header_line();

  std::string delimiter_;  // CRLF "--" boundary
  State state_ = State::preamble;
  std::string_view rest_;  // of the piece
  // So much of the delimiter came last. At first as if a line had just ended.
  std::size_t matched_ = 2;
  std::string line_;              // of the header, or after a boundary
  std::size_t header_bytes_ = 0;  // of this part
  std::size_t parts_ = 0;
  std::optional<PartBegin> part_;  // as far as its header has come
};

}  // namespace zkp::network::http
