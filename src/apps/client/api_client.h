#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace zkp::apps {

// A client of the HTTP API, one request at a time.
class ApiClient {
 public:
  // "http://HOST[:PORT]"; invalid_argument for anything else.
  static base::Result<ApiClient> parse(const std::string& url);

  struct Request {
    std::string method = "GET";
    std::string target = {};  // path and query
    std::string body = {};    // JSON; empty for none
    std::string idempotency_key = {};
    int timeout_s = 30;
  };
  // The answer's JSON. An answer of 400 or more becomes its problem's error, with its details;
  // `unavailable` if nobody answers.
  [[nodiscard]] base::Result<nlohmann::ordered_json> call(const Request& request) const;

 private:
  std::string host_, port_;
};

// A part of a path, percent-encoded.
std::string encode_path(const std::string& text);

}  // namespace zkp::apps
