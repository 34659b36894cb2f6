#include "apps/client/request_body.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/hex.h"

namespace zkp::apps {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kPieceBytes = 256 << 10;

}  // namespace

RequestBody RequestBody::of_text(std::string text) {
  RequestBody body;
  body.add_text(std::move(text));
  return body;
}

base::Result<RequestBody> RequestBody::of_parts(const std::vector<Part>& parts,
                                                base::Random& random) {
  // So long and random that no file holds it.
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  const std::string boundary = base::to_hex(bytes);

  RequestBody body;
  body.content_type_ = "multipart/form-data; boundary=" + boundary;
  for (const Part& part : parts) {
    body.add_text(
        fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n"
                    "Content-Type: {}\r\n\r\n",
                    boundary, part.name, part.content_type));
    if (part.file.empty()) {
      body.add_text(part.text);
    } else {
      ZKP_CHECK(body.add_file(part.file));
    }
    body.add_text("\r\n");
  }
  body.add_text(fmt::format("--{}--\r\n", boundary));
  return body;
}

base::Result<std::string_view> RequestBody::next() {
  while (at_ < sections_.size()) {
    Section& section = sections_[at_];
    if (!section.file) {
      ++at_;
      if (!section.text.empty()) return std::string_view(section.text);
      continue;
    }
    if (section.left == 0) {
      section.file.reset();
      ++at_;
      continue;
    }
    if (buffer_.empty()) buffer_ = base::SecretBytes(kPieceBytes);
    const auto memory = buffer_.reveal_mutable();
    const auto wanted = std::min<std::uint64_t>(memory.size(), section.left);
    const std::size_t size = std::fread(memory.data(), 1, wanted, section.file.get());
    if (size == 0) {
      return Error{ErrorCode::conflict,
                   fmt::format("{}: {} bytes are missing at its end", section.path, section.left)};
    }
    section.left -= size;
    return base::as_text(buffer_.reveal().subspan(0, size));
  }
  return std::string_view();
}

void RequestBody::add_text(std::string text) {
  size_ += text.size();
  sections_.push_back({.text = std::move(text)});
}

base::Status RequestBody::add_file(const std::string& path) {
  Section section{.text = {}, .path = path};
  section.file.reset(std::fopen(path.c_str(), "rb"));
  struct stat state{};
  if (!section.file || ::fstat(::fileno(section.file.get()), &state) != 0) {
    return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::invalid_argument,
                 fmt::format("{}: {}", path, std::strerror(errno))};
  }
  if (!S_ISREG(state.st_mode)) {
    return Error{ErrorCode::invalid_argument, path + ": want a regular file"};
  }
  // Without a buffer of the C library's, which nobody would wipe.
  std::setvbuf(section.file.get(), nullptr, _IONBF, 0);
  section.left = static_cast<std::uint64_t>(state.st_size);
  size_ += section.left;
  sections_.push_back(std::move(section));
  return {};
}

}  // namespace zkp::apps
