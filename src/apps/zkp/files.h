#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/groth16/setup.h"
#include "prover/iden3/atomic_file.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::apps {

// A small text file (JSON), whole; at most 64 MiB.
base::Result<std::string> read_text(const std::string& path);
base::Status write_text(const std::string& path, std::string_view text);

// Puts the file's name before an error's message.
base::Error about_file(const std::string& path, base::Error error);

// A line on standard error that is rewritten as the work goes on; silent if that is no terminal.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();  // ends the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // To be given to a long work; calls come from one thread at a time.
  [[nodiscard]] prover::groth16::Progress listener();
  // The same for a work of one stage.
  [[nodiscard]] std::function<void(double fraction)> fractions(const char* stage);

 private:
  std::string what_;
  bool terminal_;
  int last_percent_ = -1;
};

}  // namespace zkp::apps

// ZKP_TRY for something that came from a file: the error names the file.
#define ZKP_TRY_FILE(declaration, path, expression) \
  ZKP_TRY_FILE_INNER(ZKP_CONCAT(zkp_result_, __LINE__), declaration, path, expression)
#define ZKP_TRY_FILE_INNER(result, declaration, path, expression)                    \
  auto result = (expression);                                                        \
  if (!result.ok()) return ::zkp::apps::about_file(path, std::move(result).error()); \
  declaration = std::move(result).value()
