#pragma once

#include "network/http/message.h"
#include "network/http/multipart.h"

namespace zkp::network::http {

// The parts of a request's multipart/form-data body, as they come in. As the body, it is used by
// the request's handler, one call at a time.
class MultipartReader {
 public:
  struct End {};  // the body has ended, as it should
  using Event = std::variant<End, MultipartParser::PartBegin, MultipartParser::Data,
                             MultipartParser::PartEnd>;

  // invalid_argument if the request's Content-Type is not multipart/form-data with a boundary.
  // REQUIRES: body outlives the reader.
  static base::Result<MultipartReader> open(const Request& request, BodySource& body);

  // The errors of the body and of the parser. Data is valid until the next call.
  Task<base::Result<Event>> next();

 private:
  MultipartReader(MultipartParser parser, BodySource& body)
      : parser_(std::move(parser)), body_(&body) {}

  MultipartParser parser_;
  BodySource* body_;
};

}  // namespace zkp::network::http
