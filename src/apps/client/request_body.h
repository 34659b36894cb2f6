#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace zkp::apps {

// A part of a multipart/form-data body: a text, or what a file holds.
struct Part {
  std::string name;
  std::string content_type;
  std::string text = {};
  std::string file = {};  // if not empty, instead of `text`
};

// The body of a request. Files are read while it is sent, never whole; the memory that they pass
// through is wiped.
class RequestBody {
 public:
  static RequestBody of_text(std::string text);
  // Opens the files; not_found, or invalid_argument for what is no regular file.
  // REQUIRES: names hold neither quotes nor line ends.
  static base::Result<RequestBody> of_parts(const std::vector<Part>& parts, base::Random& random);

  // Of multipart/form-data; empty for a text.
  [[nodiscard]] const std::string& content_type() const { return content_type_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  // The next piece, valid until the next call; empty at the end. conflict if a file became shorter.
  base::Result<std::string_view> next();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Section {
    std::string text;
    std::string path = {};
    std::unique_ptr<std::FILE, CloseFile> file = {};
    std::uint64_t left = 0;  // of the file
  };

  void add_text(std::string text);
  base::Status add_file(const std::string& path);

  std::string content_type_;
  std::uint64_t size_ = 0;
  std::vector<Section> sections_;
  std::size_t at_ = 0;
  base::SecretBytes buffer_;
};

}  // namespace zkp::apps
