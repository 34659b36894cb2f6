#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "network/consensus/consensus.h"
#include "network/rpc/administration.h"
#include "network/rpc/coordinator_server.h"
#include "network/scheduler/scheduler.h"
#include "network/store/artifact_store.h"
#include "network/store/store.h"
#include "services/request/input_seal.h"

// The leader's loop: brings the store, the workers' streams and the consensus together in the
// scheduler, and does what it decides. While another node leads, it sends workers there.
namespace zkp::services::coordinator {

struct CoordinatorOptions {
  network::scheduler::Options scheduler;  // its seed is drawn anew for each leadership
  // For checks of proofs and for calls of the store, which commits for many at once: each task
  // takes several calls that wait, and a claim must not wait behind them.
  unsigned threads = 16;
  // A worker that comes while nobody leads waits here so long for somebody to.
  base::Duration wait_for_leader = std::chrono::seconds(2);
  // This node takes part no more, and why: the process should end. Called once, if at all, from a
  // thread of the coordinator's; may be empty.
  std::function<void(const std::string& why)> on_failure;
};

// REQUIRES: all of them outlive the coordinator.
struct CoordinatorPorts {
  network::store::Store& store;
  network::store::ArtifactStore& artifacts;
  network::consensus::Consensus& consensus;
  const request::InputSeal& seal;
  const base::Clock& clock;
  base::Random& random;
};

// What this coordinator can say of the cluster. Capacity, counters and what workers do are known to
// the leader; elsewhere they are empty, and of the workers stands here what the coordinators agree
// on.
struct ClusterState {
  network::consensus::State raft;
  std::shared_ptr<const network::consensus::Agreement> agreement;
  struct Workers {
    std::size_t total = 0, active = 0, suspect = 0, draining = 0, quarantined = 0, dead = 0;
  } worker_counts;
  struct Capacity {
    std::size_t total = 0, used = 0, available = 0;  // slots of workers that are not dead
  } capacity;
  network::scheduler::Counters scheduler;
  std::vector<network::scheduler::WorkerView> workers;  // where this node leads
};

class Coordinator {
 public:
  // Starts the consensus, too, and stops it.
  static base::Result<std::unique_ptr<Coordinator>> start(const CoordinatorOptions& options,
                                                          CoordinatorPorts ports);
  virtual ~Coordinator() = default;  // stops

  // For the server that workers connect to; it must be stopped before the coordinator is destroyed.
  virtual network::rpc::SessionHandler& sessions() = 0;
  // For the same server.
  virtual network::rpc::AdministrationHandler& administration() = 0;
  // Any thread; does not wait for the store.
  [[nodiscard]] virtual ClusterState cluster() const = 0;
  // Ends the loop; what the store was not told yet stays for the next leader. Safe to call twice.
  virtual void stop() = 0;
};

}  // namespace zkp::services::coordinator
