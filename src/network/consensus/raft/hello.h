#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "network/consensus/consensus.h"

namespace zkp::network::consensus::raft {

// What two coordinators tell each other before Raft's messages flow. On the wire: "zkpR", the
// payload's size (32 bits), and the payload, a ClusterHello of cluster.proto.
struct Hello {
  std::string cluster_id;
  std::string wanted_id;  // whom the dialing one means to reach; empty in the answer
  Member speaker;
};
constexpr std::size_t kHelloHeaderBytes = 8;
constexpr std::size_t kMostHelloBytes = 4096;  // of the payload

// REQUIRES: encode_address() takes the speaker.
base::Bytes encode_hello(const Hello& hello);

// The payload's size, from the first kHelloHeaderBytes of a connection. REQUIRES: they are there.
base::Result<std::size_t> decode_hello_header(base::ByteView header);
base::Result<Hello> decode_hello(base::ByteView payload);

}  // namespace zkp::network::consensus::raft
