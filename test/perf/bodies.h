#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace zkp::test::perf {

// Which requests are sent.
struct BodyOptions {
  std::string circuit = "test";  // test or merkle_proof
  unsigned depth = 20;           // of a merkle_proof's path, 1 to 63
  std::string file;              // if it is given: its content is every request's body
};

// Makes the bodies of POST /api/v1/proof: the same size of circuit each time, other values in each
// but those of a file.
class Bodies {
 public:
  static base::Result<Bodies> open(const BodyOptions& options);
  [[nodiscard]] std::string make(std::uint64_t number) const;

 private:
  explicit Bodies(const BodyOptions& options) : options_(options) {}
  BodyOptions options_;
  std::string content_;
};

}  // namespace zkp::test::perf
