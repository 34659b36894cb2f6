#include "network/http/message.h"

#include <algorithm>

#include "base/hex.h"

namespace zkp::network::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_without_case(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

const std::string& Request::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  ZKP_ASSERT(found != parameters.end());
  return found->second;
}

Task<base::Result<WholeBody>> read_whole(BodySource& body, std::size_t most_bytes) {
  WholeBody whole;
  while (true) {
    const auto piece = co_await body.next();
    if (!piece.ok()) co_return piece.error();
    if (piece->empty()) co_return std::move(whole);
    if (piece->size() > most_bytes - whole.size()) {
      co_return base::Error{base::ErrorCode::too_large,
                            "the body is larger than " + std::to_string(most_bytes) + " bytes"};
    }
    whole.append(base::as_bytes(*piece));
  }
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

base::Result<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = base::from_hex(text.substr(i + 1, 2));
    if (!byte.ok() || byte->size() != 1) {
      return base::Error{base::ErrorCode::invalid_argument,
                         "address: want two hexadecimal digits after each '%'"};
    }
    decoded += static_cast<char>(byte->front());
    i += 2;
  }
  return decoded;
}

base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    std::string pair(query.substr(0, query.find('&')));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::size_t value_at = std::min(equals + 1, pair.size());
    ZKP_TRY(auto name, percent_decoded(std::string_view(pair).substr(0, equals)));
    ZKP_TRY(auto value, percent_decoded(std::string_view(pair).substr(value_at)));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

}  // namespace zkp::network::http
