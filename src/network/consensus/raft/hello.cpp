#include "network/consensus/raft/hello.h"

#include <fmt/format.h>

#include "network/consensus/raft/address.h"
#include "zkp/v1/cluster.pb.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kMagic = "zkpR";
constexpr std::uint32_t kVersion = 1;

}  // namespace

base::Bytes encode_hello(const Hello& hello) {
  auto address = encode_address(hello.speaker);
  ZKP_ASSERT(address.ok());
  v1::ClusterHello message;
  message.set_version(kVersion);
  message.set_cluster_id(hello.cluster_id);
  message.set_wanted_id(hello.wanted_id);
  message.set_address(*std::move(address));
  const std::string payload = message.SerializeAsString();
  ZKP_ASSERT(payload.size() <= kMostHelloBytes);
  base::Bytes bytes = base::to_bytes(kMagic);
  bytes.resize(kHelloHeaderBytes);
  base::store_le(bytes.data() + kMagic.size(), static_cast<std::uint32_t>(payload.size()));
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

base::Result<std::size_t> decode_hello_header(base::ByteView header) {
  ZKP_ASSERT(header.size() >= kHelloHeaderBytes);
  if (base::as_text(header.first(kMagic.size())) != kMagic) {
    return Error{ErrorCode::invalid_argument, "hello: not a coordinator's"};
  }
  const std::size_t size = base::load_le<std::uint32_t>(header.data() + kMagic.size());
  if (size == 0 || size > kMostHelloBytes) {
    return Error{ErrorCode::too_large,
                 fmt::format("hello: {} bytes, want 1 to {}", size, kMostHelloBytes)};
  }
  return size;
}

base::Result<Hello> decode_hello(base::ByteView payload) {
  v1::ClusterHello message;
  if (payload.size() > kMostHelloBytes ||
      !message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return Error{ErrorCode::invalid_argument, "hello: not a coordinator's"};
  }
  if (message.version() != kVersion) {
    return Error{ErrorCode::failed_precondition,
                 fmt::format("hello: version {}, want {}", message.version(), kVersion)};
  }
  Hello hello{.cluster_id = message.cluster_id(), .wanted_id = message.wanted_id()};
  ZKP_TRY(hello.speaker, decode_address(message.address()));
  return hello;
}

}  // namespace zkp::network::consensus::raft
