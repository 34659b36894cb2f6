#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "apps/client/request_body.h"
#include "base/result.h"

namespace zkp::apps {

// A client of the HTTP API, one request at a time.
class ApiClient {
 public:
  // "http://HOST[:PORT]"; invalid_argument for anything else.
  static base::Result<ApiClient> parse(const std::string& url);

  struct Request {
    std::string method = "GET";
    std::string target = {};       // path and query
    std::string body = {};         // JSON; empty for none
    std::vector<Part> parts = {};  // if not empty, the body, as multipart/form-data
    std::string idempotency_key = {};
    int timeout_s = 30;                              // without any progress
    std::stop_token stop = {};                       // breaks it off
    std::function<void(double sent)> progress = {};  // the fraction of the body, growing
  };
  // The answer's JSON. An answer of 400 or more becomes its problem's error, with its details, also
  // if it comes before all of the body was sent; `unavailable` if nobody answers, `cancelled` if it
  // was broken off.
  [[nodiscard]] base::Result<nlohmann::ordered_json> call(const Request& request) const;

  // Waits until a task has ended, in whatever state, and returns it. deadline_exceeded after
  // timeout_s, cancelled if `stop` comes first; the task goes on.
  [[nodiscard]] base::Result<nlohmann::ordered_json> wait_for_task(
      const std::string& task_id, int timeout_s, const std::stop_token& stop) const;

 private:
  std::string host_, port_;
};

// A part of a path, percent-encoded.
std::string encode_path(const std::string& text);

}  // namespace zkp::apps
