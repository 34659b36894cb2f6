#include "network/http/multipart.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "network/http/message.h"

namespace zkp::network::http {
namespace {

using base::Error;
using base::ErrorCode;

Error wrong(std::string what) {
  return {ErrorCode::invalid_argument, "multipart: " + std::move(what)};
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The characters of RFC 2046, 5.1.1.
bool is_boundary(std::string_view text) {
  constexpr std::size_t kMostCharacters = 70;
  return !text.empty() && text.size() <= kMostCharacters && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view("0123456789'()+_,-./:=? ").find(c) != std::string_view::npos;
         });
}

// A header's value: `form-data; name="a"; filename=b`.
struct FieldValue {
  std::string_view token;
  std::vector<std::pair<std::string_view, std::string>> parameters;

  // Names are compared without regard to case.
  [[nodiscard]] const std::string* find(std::string_view name) const {
    const auto found = std::ranges::find_if(parameters, [&](const auto& parameter) {
      return equal_without_case(parameter.first, name);
    });
    return found == parameters.end() ? nullptr : &found->second;
  }
};

// Takes a quoted text off the front of `rest`; a backslash stands before a quote or a backslash
// only, for some clients send the paths of Windows as they are.
base::Result<std::string> take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    const bool escape =
        rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    if (escape) ++i;
    text += rest[i];
  }
  return wrong("a quoted text does not end");
}

base::Result<FieldValue> parse_value(std::string_view text) {
  FieldValue value;
  value.token = trimmed(text.substr(0, text.find(';')));
  std::string_view rest = text.substr(std::min(text.find(';'), text.size()));
  while (!rest.empty()) {
    if (rest.front() != ';') return wrong("want a ';' between parameters");
    rest = trimmed(rest.substr(1));
    if (rest.empty()) break;
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return wrong("want NAME=VALUE as a parameter");
    const std::string_view name = trimmed(rest.substr(0, equals));
    if (value.find(name) != nullptr) return wrong("a parameter stands twice");
    rest = trimmed(rest.substr(equals + 1));
    std::string content;
    if (rest.starts_with('"')) {
      ZKP_TRY(content, take_quoted(rest));
    } else {
      content = trimmed(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    }
    value.parameters.emplace_back(name, std::move(content));
    rest = trimmed(rest);
  }
  return value;
}

}  // namespace

base::Result<MultipartParser> MultipartParser::from_content_type(std::string_view content_type) {
  ZKP_TRY(const FieldValue value, parse_value(content_type));
  if (!equal_without_case(value.token, "multipart/form-data")) {
    return wrong("want Content-Type: multipart/form-data");
  }
  const std::string* const boundary = value.find("boundary");
  if (boundary == nullptr) return wrong("Content-Type has no boundary");
  if (!is_boundary(*boundary)) {
    return wrong("want a boundary of 1 to 70 letters, digits or '()+_,-./:=?");
  }
  return MultipartParser(*boundary);
}

MultipartParser::MultipartParser(const std::string& boundary) : delimiter_("\r\n--" + boundary) {}

void MultipartParser::feed(std::string_view piece) {
  ZKP_ASSERT(rest_.empty());
  rest_ = piece;
}

base::Result<MultipartParser::Event> MultipartParser::next() {
  while (!rest_.empty()) {
    switch (state_) {
      case State::preamble:
      case State::data:
        if (auto event = scan()) return *std::move(event);
        break;
      case State::delimiter_line:
      case State::header_line: {
        ZKP_TRY(auto event, read_line());
        if (event) return *std::move(event);
        break;
      }
      case State::epilogue:
        rest_ = {};
    }
  }
  return Event(NeedMore{});
}

base::Status MultipartParser::finish() const {
  if (state_ == State::epilogue) return {};
  return wrong("the body ends before its last boundary");
}

// Where in the rest the delimiter stands, or may have begun.
std::size_t MultipartParser::candidate() const {
  std::size_t at = rest_.find('\r');
  while (at != std::string_view::npos &&
         !delimiter_.starts_with(rest_.substr(at, delimiter_.size()))) {
    at = rest_.find('\r', at + 1);
  }
  return std::min(at, rest_.size());
}

// Looks for the delimiter. It has a CR at its start only, so that what matched in vain is data, and
// the search goes on behind it. Such data may lie in an earlier piece; its bytes are the
// delimiter's.
std::optional<MultipartParser::Event> MultipartParser::scan() {
  const bool is_data = state_ == State::data;
  if (matched_ == 0) {
    const std::string_view before = rest_.substr(0, candidate());
    rest_.remove_prefix(before.size());
    if (is_data && !before.empty()) return Data{before};
    if (rest_.empty()) return std::nullopt;
  }
  const std::string_view wanted = std::string_view(delimiter_).substr(matched_);
  const auto mismatch = std::ranges::mismatch(wanted, rest_);
  const auto size = static_cast<std::size_t>(mismatch.in1 - wanted.begin());
  matched_ += size;
  rest_.remove_prefix(size);
  if (matched_ == delimiter_.size()) {
    matched_ = 0;
    state_ = State::delimiter_line;
    if (is_data) return PartEnd{};
  } else if (!rest_.empty()) {
    const auto in_vain = std::string_view(delimiter_).substr(0, std::exchange(matched_, 0));
    if (is_data && !in_vain.empty()) return Data{in_vain};
  }
  return std::nullopt;
}

// Up to a CRLF, which may come in two pieces.
base::Result<std::optional<MultipartParser::Event>> MultipartParser::read_line() {
  const std::size_t size = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
  header_bytes_ += size;
  if (header_bytes_ > kMostHeaderBytes) {
    return Error{ErrorCode::too_large, "multipart: the header of a part has more than " +
                                           std::to_string(kMostHeaderBytes) + " bytes"};
  }
  line_ += rest_.substr(0, size);
  rest_.remove_prefix(size);
  if (state_ == State::delimiter_line && line_.starts_with("--")) {
    state_ = State::epilogue;
    return std::optional<Event>();
  }
  if (!line_.ends_with('\n')) return std::optional<Event>();
  if (!line_.ends_with("\r\n")) return wrong("want CR before each LF of a part's header");
  line_.resize(line_.size() - 2);
  auto event = end_line();
  line_.clear();
  return event;
}

base::Result<std::optional<MultipartParser::Event>> MultipartParser::end_line() {
  if (state_ == State::header_line) return end_header_line();
  if (!trimmed(line_).empty()) return wrong("want a line's end or '--' after a boundary");
  if (++parts_ > kMostParts) {
    return Error{ErrorCode::too_large,
                 "multipart: there are more than " + std::to_string(kMostParts) + " parts"};
  }
  state_ = State::header_line;
  return std::optional<Event>();
}

base::Result<std::optional<MultipartParser::Event>> MultipartParser::end_header_line() {
  if (line_.empty()) {
    if (!part_) return wrong("a part has no Content-Disposition");
    header_bytes_ = 0;
    state_ = State::data;
    return std::optional<Event>(*std::exchange(part_, std::nullopt));
  }
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos || is_blank(line_.front())) {
    return wrong("want NAME: VALUE as a line of a part's header");
  }
  const std::string_view name = std::string_view(line_).substr(0, colon);
  const std::string_view text = trimmed(std::string_view(line_).substr(colon + 1));
  if (equal_without_case(name, "Content-Transfer-Encoding") &&
      !equal_without_case(text, "binary") && !equal_without_case(text, "8bit") &&
      !equal_without_case(text, "7bit")) {
    return wrong("want no Content-Transfer-Encoding but binary");
  }
  if (!equal_without_case(name, "Content-Disposition")) return std::optional<Event>();

  if (part_) return wrong("a part has two of Content-Disposition");
  ZKP_TRY(const FieldValue value, parse_value(text));
  const std::string* const part_name = value.find("name");
  if (!equal_without_case(value.token, "form-data") || part_name == nullptr) {
    return wrong("want Content-Disposition: form-data; name=...");
  }
  part_ = PartBegin{*part_name, std::nullopt};
  if (const std::string* filename = value.find("filename")) part_->filename = *filename;
  return std::optional<Event>();
}

}  // namespace zkp::network::http
