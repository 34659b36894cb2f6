#include "services/coordinator/worker_sessions.h"

#include <utility>

#include "services/coordinator/messages.h"

namespace zkp::services::coordinator {

using network::task::WorkerId;

void WorkerSessions::add(const WorkerId& worker, const SessionPtr& session) {
  close(worker);
  by_worker_[worker] = session;
  by_session_[session] = worker;
}

std::optional<WorkerId> WorkerSessions::remove(const SessionPtr& session) {
  const auto found = by_session_.extract(session);
  if (!found) return std::nullopt;
  by_worker_.erase(found.mapped());
  return found.mapped();
}

const WorkerId* WorkerSessions::worker_of(const SessionPtr& session) const {
  const auto found = by_session_.find(session);
  return found == by_session_.end() ? nullptr : &found->second;
}

void WorkerSessions::send(const WorkerId& worker, v1::Instruction instruction) {
  const auto found = by_worker_.find(worker);
  if (found != by_worker_.end()) found->second->send(std::move(instruction));
}

void WorkerSessions::close(const WorkerId& worker) {
  const auto found = by_worker_.extract(worker);
  if (!found) return;
  by_session_.erase(found.mapped());
  found.mapped()->close();
}

void WorkerSessions::close_all() {
  by_session_.clear();
  for (const auto& [worker, session] : std::exchange(by_worker_, {})) session->close();
}

void WorkerSessions::redirect_all(const std::string& leader_address) {
  for (const auto& [worker, session] : by_worker_) session->send(write_redirect(leader_address));
  close_all();
}

}  // namespace zkp::services::coordinator
