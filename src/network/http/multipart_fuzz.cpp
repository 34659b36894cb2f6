#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "network/http/multipart.h"

// Any body, cut anyhow: the same parts, or the same error.
namespace zkp::network::http {
namespace {

void describe(const MultipartParser::PartBegin& begin, std::string& story) {
  story += "<" + begin.name + "|" + begin.filename.value_or("") + ">";
}
void describe(const MultipartParser::Data& data, std::string& story) {
  ZKP_ASSERT(!data.bytes.empty());
  story += data.bytes;
}
void describe(const MultipartParser::PartEnd&, std::string& story) { story += "</>"; }
void describe(const MultipartParser::NeedMore&, std::string&) {}

// `cut` gives the sizes of the pieces, over and over; empty: one piece.
std::string story_of(std::string_view body, base::ByteView cut) {
  auto parser = MultipartParser::from_content_type("multipart/form-data; boundary=B");
  std::string story;
  for (std::size_t i = 0; !body.empty(); ++i) {
    const auto size = cut.empty() ? body.size() : std::size_t{1} + cut[i % cut.size()] % 16;
    parser->feed(body.substr(0, size));
    body.remove_prefix(std::min(size, body.size()));
    while (true) {
      const auto event = parser->next();
      if (!event.ok()) return story + event.error().message;
      std::visit([&](const auto& known) { describe(known, story); }, *event);
      if (std::holds_alternative<MultipartParser::NeedMore>(*event)) break;
    }
  }
  const auto whole = parser->finish();
  return whole.ok() ? story : story + whole.error().message;
}

}  // namespace
}  // namespace zkp::network::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp;
  if (size == 0) return 0;
  const base::ByteView input(data, size);
  const std::size_t cuts = std::min<std::size_t>(input[0] % 8, size - 1);
  const auto cut = input.subspan(1, cuts);
  const std::string_view body = base::as_text(input.subspan(1 + cuts));
  (void)network::http::MultipartParser::from_content_type(body);
  ZKP_ASSERT(network::http::story_of(body, cut) == network::http::story_of(body, {}));
  return 0;
}
