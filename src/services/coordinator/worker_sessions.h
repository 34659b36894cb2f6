#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "network/rpc/coordinator_server.h"
#include "network/task/ids.h"

namespace zkp::services::coordinator {

// Which worker speaks on which connection; the latest one counts. Single-threaded.
class WorkerSessions {
 public:
  using SessionPtr = std::shared_ptr<network::rpc::Session>;

  // An older connection of this worker's is ended.
  void add(const network::task::WorkerId& worker, const SessionPtr& session);
  // The connection is gone: of which worker, if it still spoke for one.
  std::optional<network::task::WorkerId> remove(const SessionPtr& session);
  // Null: it does not speak for a worker.
  const network::task::WorkerId* worker_of(const SessionPtr& session) const;
  // Nothing happens if the worker has no connection.
  void send(const network::task::WorkerId& worker, v1::Instruction instruction);
  void close(const network::task::WorkerId& worker);
  void close_all();
  void redirect_all(const std::string& leader_address);

 private:
  std::map<network::task::WorkerId, SessionPtr> by_worker_;
  std::map<SessionPtr, network::task::WorkerId> by_session_;
};

}  // namespace zkp::services::coordinator
