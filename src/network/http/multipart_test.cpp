#include "network/http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zkp::network::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

MultipartParser parser_of(const std::string& boundary) {
  auto parser = MultipartParser::from_content_type("multipart/form-data; boundary=" + boundary);
  EXPECT_TRUE(parser.ok());
  return *std::move(parser);
}

// Each part as "name|filename|data", or the message of the error last.
std::vector<std::string> parts_of(const std::vector<std::string_view>& pieces,
                                  const std::string& boundary = "B") {
  auto parser = parser_of(boundary);
  std::vector<std::string> parts;
  for (const auto piece : pieces) {
    parser.feed(piece);
    while (true) {
      const auto event = parser.next();
      if (!event.ok()) {
        parts.push_back(event.error().message);
        return parts;
      }
      if (std::holds_alternative<MultipartParser::NeedMore>(*event)) break;
      if (const auto* begin = std::get_if<MultipartParser::PartBegin>(&*event)) {
        parts.push_back(begin->name + "|" + begin->filename.value_or("none") + "|");
      } else if (const auto* data = std::get_if<MultipartParser::Data>(&*event)) {
        EXPECT_FALSE(data->bytes.empty());
        parts.back() += data->bytes;
      } else {
        parts.back() += "|";
      }
    }
  }
  if (const auto whole = parser.finish(); !whole.ok()) parts.push_back(whole.error().message);
  return parts;
}

std::string part(const std::string& disposition, const std::string& data) {
  return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + data + "\r\n";
}

TEST(Multipart, GivesNamesAndData) {
  const std::string body = part("name=\"a\"", "one") + part("name=b; filename=\"x y.bin\"", "") +
                           part("Name=\"q\\\"\\\\\\z\";", "\r\n-\r\n--\r\n") + "--B--\r\n";
  EXPECT_THAT(parts_of({body}),
              ElementsAre("a|none|one|", "b|x y.bin||", "q\"\\\\z|none|\r\n-\r\n--\r\n|"));
}

TEST(Multipart, DoesNotDependOnHowTheBodyIsCut) {
  const std::string body =
      "before\r\n--A\r\n" + part("name=\"a\"; filename=f", "x\r\r\n--\r\n--\r\r\n--C\r\n--\r\n-") +
      part("name=\"b\"", "\r\n") + part("name=\"c\"", "") + "--B-- \r\nafter\r\n--B\r\n";
  const auto whole = parts_of({body});
  EXPECT_THAT(whole,
              ElementsAre("a|f|x\r\r\n--\r\n--\r\r\n--C\r\n--\r\n-|", "b|none|\r\n|", "c|none||"));
  const std::string_view text = body;
  for (std::size_t i = 0; i <= body.size(); ++i) {
    for (std::size_t j = i; j <= body.size(); ++j) {
      ASSERT_EQ(parts_of({text.substr(0, i), text.substr(i, j - i), text.substr(j)}), whole)
          << i << ' ' << j;
    }
  }
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < body.size(); ++i) bytes.push_back(text.substr(i, 1));
  EXPECT_EQ(parts_of(bytes), whole);
}

TEST(Multipart, PassesLongDataOnAsItLies) {
  std::string data;
  for (int i = 0; i < 20'000; ++i) data += static_cast<char>(i * 7 % 256);
  const std::string body = part("name=a", data) + "--B--";
  auto parser = parser_of("B");
  parser.feed(body);
  ASSERT_TRUE(std::holds_alternative<MultipartParser::PartBegin>(*parser.next()));
  const auto event = parser.next();
  const auto bytes = std::get<MultipartParser::Data>(*event).bytes;
  EXPECT_EQ(bytes, data);
  EXPECT_EQ(bytes.data(), body.data() + body.find("\r\n\r\n") + 4);
}

TEST(Multipart, ReadsTheBoundaryOfItsContentType) {
  const std::string longest(70, 'x');
  for (const std::string& type :
       {std::string("multipart/form-data; boundary=B"),
        std::string("Multipart/Form-Data;charset=utf-8; Boundary=\"a b:'()+_,-./=?\" "),
        "multipart/form-data; boundary=" + longest}) {
    EXPECT_TRUE(MultipartParser::from_content_type(type).ok()) << type;
  }
  for (const auto& [type, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "want Content-Type: multipart/form-data"},
           {"multipart/mixed; boundary=B", "want Content-Type: multipart/form-data"},
           {"multipart/form-data", "no boundary"},
           {"multipart/form-data; boundary=", "1 to 70"},
           {"multipart/form-data; boundary=\"a \"", "1 to 70"},
           {"multipart/form-data; boundary=\"a\tb\"", "1 to 70"},
           {"multipart/form-data; boundary=" + longest + "x", "1 to 70"},
           {"multipart/form-data; boundary=\"B", "does not end"},
           {"multipart/form-data; boundary=\"B\"x", "';'"},
           {"multipart/form-data; boundary=B; boundary=C", "twice"},
           {"multipart/form-data; boundary", "NAME=VALUE"}}) {
    const auto parser = MultipartParser::from_content_type(type);
    ASSERT_FALSE(parser.ok()) << type;
    EXPECT_EQ(parser.error().code, base::ErrorCode::invalid_argument) << type;
    EXPECT_THAT(parser.error().message, HasSubstr(message)) << type;
  }
}

TEST(Multipart, SaysWhatIsWrongWithABody) {
  const std::string whole = part("name=a", "x");
  for (const auto& [body, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "before its last boundary"},
           {"no boundary", "before its last boundary"},
           {whole, "before its last boundary"},
           {whole + "--B", "before its last boundary"},
           {whole + "--B-", "before its last boundary"},
           {whole + "--BC\r\n", "after a boundary"},
           {"--B\r\n\r\nx", "no Content-Disposition"},
           {"--B\r\nContent-Type: text/plain\r\n\r\nx", "no Content-Disposition"},
           {"--B\r\nnonsense\r\n", "NAME: VALUE"},
           {"--B\r\nContent-Disposition: form-data;\r\n name=a\r\n", "name=..."},
           {"--B\r\nA: b\r\n c: d\r\n", "NAME: VALUE"},
           {"--B\r\nA: b\n", "CR before each LF"},
           {"--B\r\nContent-Disposition: attachment; name=a\r\n", "form-data; name=..."},
           {"--B\r\nContent-Disposition: form-data; filename=a\r\n", "form-data; name=..."},
           {"--B\r\nContent-Disposition: form-data; name=\"a\r\n", "does not end"},
           {"--B\r\nContent-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding"},
           {"--B\r\nContent-Disposition: form-data; name=a\r\n"
            "Content-Disposition: form-data; name=b\r\n",
            "two of Content-Disposition"}}) {
    EXPECT_THAT(parts_of({body}).back(), HasSubstr(message)) << body;
  }
}

TEST(Multipart, BoundsPartsAndTheirHeaders) {
  std::string body;
  for (std::size_t i = 0; i < MultipartParser::kMostParts; ++i) body += part("name=a", "");
  EXPECT_EQ(parts_of({body + "--B--"}).size(), MultipartParser::kMostParts);
  EXPECT_THAT(parts_of({body + part("name=a", "")}).back(), HasSubstr("more than 32 parts"));

  const std::size_t rest = part("name=\"\"", "").size() - std::string("--B\r\n").size();
  const std::string longest(MultipartParser::kMostHeaderBytes - rest, 'x');
  EXPECT_THAT(parts_of({part("name=\"" + longest + "\"", "") + "--B--"}),
              ElementsAre(longest + "|none||"));
  EXPECT_THAT(parts_of({part("name=\"" + longest + "x\"", "") + "--B--"}).back(),
              HasSubstr("more than 8192 bytes"));
  EXPECT_THAT(parts_of({"--B" + std::string(MultipartParser::kMostHeaderBytes + 1, ' ')}).back(),
              HasSubstr("more than 8192 bytes"));
}

}  // namespace
}  // namespace zkp::network::http
