#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

namespace zkp::network::rpc {

// A channel to a coordinator at HOST:PORT; connects when it is used. A peer that does not answer a
// ping within some seconds (a frozen process, a cut cable) counts as gone.
std::shared_ptr<grpc::Channel> open_channel(const std::string& address);

// What a server must allow for such channels.
void allow_pings(grpc::ServerBuilder& builder);

}  // namespace zkp::network::rpc
