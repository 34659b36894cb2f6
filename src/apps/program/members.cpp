#include "apps/program/members.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace zkp::apps {
namespace {

bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view port = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number > 0 && number <= 65535;
}

}  // namespace

base::Result<network::consensus::Member> parse_member(std::string_view text) {
  const base::Error wrong{
      base::ErrorCode::invalid_argument,
      fmt::format("a coordinator is ID=RAFT/WORKER/HTTP, with three HOST:PORT; got '{}'", text)};
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return wrong;
  std::vector<std::string_view> addresses;
  for (std::string_view rest = text.substr(equals + 1); !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    addresses.push_back(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  if (addresses.size() != 3 || !std::ranges::all_of(addresses, is_address)) return wrong;
  return network::consensus::Member{.id = std::string(text.substr(0, equals)),
                                    .raft_address = std::string(addresses[0]),
                                    .worker_address = std::string(addresses[1]),
                                    .http_address = std::string(addresses[2]),
                                    .voter = true};
}

}  // namespace zkp::apps
