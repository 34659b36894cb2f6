#pragma once

#include <grpcpp/grpcpp.h>

#include "network/store/artifact_store.h"
#include "zkp/v1/worker.grpc.pb.h"

namespace zkp::network::rpc {

// The leader's end of Fetch and Publish. Each returned reactor owns itself until its call is over.
// REQUIRES: artifacts outlives the call.
grpc::ServerWriteReactor<v1::Chunk>* serve_fetch(const v1::FetchRequest& request,
                                                 store::ArtifactStore& artifacts);
grpc::ServerReadReactor<v1::Chunk>* serve_publish(v1::PublishReply& reply,
                                                  store::ArtifactStore& artifacts);

}  // namespace zkp::network::rpc
