#include "network/consensus/raft/failures.h"

#include <fmt/format.h>

#include "network/consensus/raft/c_raft.h"

namespace zkp::network::consensus::raft {
namespace {

using base::ErrorCode;

ErrorCode code_of(int code) {
  switch (code) {
    case RAFT_NOTLEADER:
      return ErrorCode::failed_precondition;
    case RAFT_LEADERSHIPLOST:
    case RAFT_SHUTDOWN:
    case RAFT_CANCELED:
    case RAFT_NOCONNECTION:
    case RAFT_IOERR:
      return ErrorCode::unavailable;
    case RAFT_CANTCHANGE:
    case RAFT_BUSY:
    case RAFT_DUPLICATEID:
    case RAFT_DUPLICATEADDRESS:
      return ErrorCode::conflict;
    case RAFT_NOMEM:
    case RAFT_NOSPACE:
    case RAFT_TOOMANY:
      return ErrorCode::resource_exhausted;
    case RAFT_CORRUPT:
    case RAFT_MALFORMED:
      return ErrorCode::data_loss;
    case RAFT_NOTFOUND:
      return ErrorCode::not_found;
    case RAFT_NAMETOOLONG:
    case RAFT_TOOBIG:
    case RAFT_INVALID:
      return ErrorCode::invalid_argument;
    default:
      return ErrorCode::internal;
  }
}

}  // namespace

base::Error error_of(int code, std::string_view what) {
  if (code == RAFT_LEADERSHIPLOST) {
    return {ErrorCode::unavailable,
            fmt::format("{}: leadership was lost on the way; it may have happened", what)};
  }
  return {code_of(code), fmt::format("{}: {}", what, raft_strerror(code))};
}

}  // namespace zkp::network::consensus::raft
