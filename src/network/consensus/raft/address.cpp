#include "network/consensus/raft/address.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/sha256.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kVersion = "1";
constexpr std::size_t kFields = 5;

// Printable ASCII without the space, which parts the fields.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

base::Status check_field(std::string_view what, std::string_view text, std::size_t most) {
  if (text.size() <= most && is_plain(text)) return {};
  return Error{
      ErrorCode::invalid_argument,
      fmt::format("a coordinator's {}: want at most {} printable characters without spaces", what,
                  most)};
}

base::Status check_member(const Member& member) {
  if (member.id.empty()) {
    return Error{ErrorCode::invalid_argument, "a coordinator's id is empty"};
  }
  ZKP_CHECK(check_field("id", member.id, kMostIdBytes));
  ZKP_CHECK(check_field("Raft address", member.raft_address, kMostAddressBytes));
  ZKP_CHECK(check_field("address for workers", member.worker_address, kMostAddressBytes));
  ZKP_CHECK(check_field("HTTP address", member.http_address, kMostAddressBytes));
  ZKP_CHECK(parse_host_port(member.raft_address));
  return {};
}

}  // namespace

base::Result<HostPort> parse_host_port(std::string_view text) {
  const auto wrong = [&] {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("address '{}': want host:port or [IPv6 address]:port", text)};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.size() > kMostAddressBytes) return wrong();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong();
  }
  if (host.empty() || host.find_first_of("[]") != std::string_view::npos) return wrong();
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size()) return wrong();
  if (number == 0 || number > 65535) return wrong();
  return HostPort{std::string(host), std::to_string(number)};
}

base::Result<std::string> encode_address(const Member& member) {
  ZKP_CHECK(check_member(member));
  return fmt::format("{} {} {} {} {}", kVersion, member.id, member.raft_address,
                     member.worker_address, member.http_address);
}

base::Result<Member> decode_address(std::string_view text) {
  std::array<std::string_view, kFields> fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const bool last = i + 1 == kFields;
    if ((end == text.size()) != last) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("a coordinator's addresses: want {} fields", kFields)};
    }
    fields[i] = text.substr(0, end);
    if (!last) text.remove_prefix(end + 1);
  }
  if (fields[0] != kVersion) {
    return Error{ErrorCode::invalid_argument, "a coordinator's addresses: of an unknown version"};
  }
  Member member{.id = std::string(fields[1]),
                .raft_address = std::string(fields[2]),
                .worker_address = std::string(fields[3]),
                .http_address = std::string(fields[4])};
  ZKP_CHECK(check_member(member));
  return member;
}

std::uint64_t number_of(std::string_view id) {
  const base::Sha256Digest digest = base::sha256(base::as_bytes(id));
  const auto number = base::load_le<std::uint64_t>(digest.data());
  return number == 0 ? 1 : number;
}

}  // namespace zkp::network::consensus::raft
