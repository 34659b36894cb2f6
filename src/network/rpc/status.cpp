#include "network/rpc/status.h"

#include <array>
#include <utility>

namespace zkp::network::rpc {
namespace {

using base::ErrorCode;

// The first pair of a gRPC code is the one that it maps back to.
constexpr std::array kCodes{
    std::pair{ErrorCode::invalid_argument, grpc::StatusCode::INVALID_ARGUMENT},
    std::pair{ErrorCode::not_found, grpc::StatusCode::NOT_FOUND},
    std::pair{ErrorCode::conflict, grpc::StatusCode::ABORTED},
    std::pair{ErrorCode::resource_exhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
    std::pair{ErrorCode::too_large, grpc::StatusCode::OUT_OF_RANGE},
    std::pair{ErrorCode::unavailable, grpc::StatusCode::UNAVAILABLE},
    std::pair{ErrorCode::failed_precondition, grpc::StatusCode::FAILED_PRECONDITION},
    std::pair{ErrorCode::permission_denied, grpc::StatusCode::PERMISSION_DENIED},
    std::pair{ErrorCode::permission_denied, grpc::StatusCode::UNAUTHENTICATED},
    std::pair{ErrorCode::deadline_exceeded, grpc::StatusCode::DEADLINE_EXCEEDED},
    std::pair{ErrorCode::cancelled, grpc::StatusCode::CANCELLED},
    std::pair{ErrorCode::data_loss, grpc::StatusCode::DATA_LOSS},
};

}  // namespace

grpc::Status to_grpc(const base::Error& error) {
  for (const auto& [ours, theirs] : kCodes) {
    if (ours == error.code) return {theirs, error.message};
  }
  return {grpc::StatusCode::INTERNAL, error.message};
}

base::Error from_grpc(const grpc::Status& status) {
  ZKP_ASSERT(!status.ok());
  for (const auto& [ours, theirs] : kCodes) {
    if (theirs == status.error_code()) return {ours, status.error_message()};
  }
  return {ErrorCode::internal, status.error_message()};
}

}  // namespace zkp::network::rpc
