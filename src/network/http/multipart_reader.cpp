#include "network/http/multipart_reader.h"

namespace zkp::network::http {

base::Result<MultipartReader> MultipartReader::open(const Request& request, BodySource& body) {
  ZKP_TRY(auto parser,
          MultipartParser::from_content_type(request.header("Content-Type").value_or("")));
  return MultipartReader(std::move(parser), body);
}

Task<base::Result<MultipartReader::Event>> MultipartReader::next() {
  while (true) {
    auto event = parser_.next();
    if (!event.ok()) co_return std::move(event).error();
    if (auto* begin = std::get_if<MultipartParser::PartBegin>(&*event)) {
      co_return Event(std::move(*begin));
    }
    if (auto* data = std::get_if<MultipartParser::Data>(&*event)) co_return Event(*data);
    if (std::holds_alternative<MultipartParser::PartEnd>(*event)) {
      co_return Event(MultipartParser::PartEnd{});
    }
    const auto piece = co_await body_->next();
    if (!piece.ok()) co_return piece.error();
    if (piece->empty()) break;
    parser_.feed(*piece);
  }
  if (const auto whole = parser_.finish(); !whole.ok()) co_return whole.error();
  co_return Event(End{});
}

}  // namespace zkp::network::http
