#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"

// A service's own HTTP: /health and /ready for whoever supervises it, /metrics for Prometheus.
namespace zkp::services::status {

// What the pages show. Called from the server's threads.
struct Pages {
  std::function<std::string()> health;               // JSON; that it comes says: the process lives
  std::function<base::Result<std::string>()> ready;  // JSON, or why there is no service; may block
  std::function<std::string()> metrics;
};

class StatusServer {
 public:
  struct Options {
    std::string listen;  // HOST:PORT; port 0: any
  };
  // REQUIRES: random, and what the pages look at, outlive the server.
  static base::Result<std::unique_ptr<StatusServer>> start(const Options& options, Pages pages,
                                                           base::Random& random);
  virtual ~StatusServer() = default;  // stops

  // HOST:PORT with the port that was bound.
  [[nodiscard]] virtual std::string address() const = 0;
};

}  // namespace zkp::services::status
