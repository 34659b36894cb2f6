#pragma once

#include <grpcpp/grpcpp.h>

#include "base/result.h"

// The one mapping between our errors and gRPC's status codes.
namespace zkp::network::rpc {

grpc::Status to_grpc(const base::Error& error);
// REQUIRES: !status.ok().
base::Error from_grpc(const grpc::Status& status);

// Messages may hold a task's inputs (at most 32 MiB, of a witness) and some more.
inline constexpr int kMostMessageBytes = 40 << 20;
// Of a file in transfer.
inline constexpr std::size_t kChunkBytes = 1 << 20;

}  // namespace zkp::network::rpc
