#include "services/gateway/witness_upload.h"

#include <fmt/format.h>

#include "services/gateway/body_reader.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
using base::Error;
using base::ErrorCode;

struct Part {
  base::GrowingSecret<std::uint8_t>* bytes = nullptr;
  std::size_t most_bytes = 0;
  std::string pointer;
};

}  // namespace

http::Task<base::Result<WitnessUpload>> receive_witness(http::MultipartReader& parts,
                                                        WitnessUploadLimits limits) {
  using Parser = http::MultipartParser;
  WitnessUpload upload;
  Part part;
  while (true) {
    auto event = co_await parts.next();
    if (!event.ok()) co_return event.error();
    if (std::holds_alternative<http::MultipartReader::End>(*event)) break;
    if (const auto* begin = std::get_if<Parser::PartBegin>(&*event)) {
      part = begin->name == "task" ? Part{&upload.task, limits.task, "/task"}
                                   : Part{&upload.witness, limits.witness, "/witness"};
      const bool is_known = begin->name == "task" || begin->name == "witness";
      if (!is_known || part.bytes->size() > 0) {
        co_return below("/" + begin->name,
                        {ErrorCode::invalid_argument,
                         fmt::format("want a part task and a part witness, got {}", begin->name)});
      }
    }
    const auto* data = std::get_if<Parser::Data>(&*event);
    if (data == nullptr) continue;
    if (data->bytes.size() > part.most_bytes - part.bytes->size()) {
      co_return below(part.pointer, {ErrorCode::too_large,
                                     fmt::format("want at most {} bytes", part.most_bytes)});
    }
    part.bytes->append(base::as_bytes(data->bytes));
  }
  if (upload.task.size() > 0 && upload.witness.size() > 0) co_return upload;
  co_return Error{ErrorCode::invalid_argument,
                  "want a part task (JSON: circuit_type, options) and a part witness (.wtns)"};
}

}  // namespace zkp::services::gateway
