#include "apps/zkp/files.h"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace zkp::apps {
namespace {

constexpr std::size_t kMostTextBytes = 64 << 20;

}  // namespace

base::Result<std::string> read_text(const std::string& path) {
  ZKP_TRY(const auto file, prover::iden3::MappedFile::open(path));
  if (file.bytes().size() > kMostTextBytes) {
    return base::Error{
        base::ErrorCode::too_large,
        fmt::format("{} has {} bytes, want at most {}", path, file.bytes().size(), kMostTextBytes)};
  }
  return base::to_string(file.bytes());
}

base::Status write_text(const std::string& path, std::string_view text) {
  return prover::iden3::write_file_atomically(path, base::as_bytes(text));
}

base::Error about_file(const std::string& path, base::Error error) {
  if (error.message.find(path) == std::string::npos) error.message = path + ": " + error.message;
  return error;
}

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (last_percent_ >= 0) fmt::print(stderr, "\r\x1b[K");
}

prover::groth16::Progress ProgressLine::listener() {
  if (!terminal_) return {};
  return [this](double fraction, const char* stage) {
    const int percent = static_cast<int>(fraction * 100);
    if (percent == last_percent_) return;
    last_percent_ = percent;
    fmt::print(stderr, "\r\x1b[K{}: {:3}% {}", what_, percent, stage);
    std::fflush(stderr);
  };
}

std::function<void(double)> ProgressLine::fractions(const char* stage) {
  auto listener = this->listener();
  if (!listener) return {};
  return [listener = std::move(listener), stage](double fraction) { listener(fraction, stage); };
}

}  // namespace zkp::apps
