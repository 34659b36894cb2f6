#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "network/consensus/consensus.h"

namespace zkp::network::consensus::raft {

constexpr std::size_t kMostIdBytes = 64;
constexpr std::size_t kMostAddressBytes = 300;  // of one host:port

struct HostPort {
  std::string host;  // without brackets
  std::string port;  // 1 to 65535, in decimal
};
// Takes apart name:port, 192.0.2.1:port or [2001:db8::1]:port.
base::Result<HostPort> parse_host_port(std::string_view text);

// Raft's own configuration is the only list of members, and has one text for the address of each:
// it holds the id and all addresses of the member ("1 id raft worker http"). Whether it votes is
// not in it. The same member gives the same text everywhere, for C-Raft compares them.
base::Result<std::string> encode_address(const Member& member);
// Takes what encode_address() makes, and nothing else.
base::Result<Member> decode_address(std::string_view text);

// The number by which Raft knows a coordinator: of the SHA-256 of its id. Never 0.
std::uint64_t number_of(std::string_view id);

}  // namespace zkp::network::consensus::raft
