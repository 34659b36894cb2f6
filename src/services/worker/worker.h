#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "network/rpc/coordinator_link.h"
#include "network/task/ids.h"
#include "prover/field/kernels.h"
#include "prover/witness/program.h"

// A worker: connects to the leader, makes proofs and keys, and reports. It knows no store and no
// gateway; the leader checks everything that it sends.
namespace zkp::services::worker {

struct WorkerOptions {
  network::task::WorkerId id;
  std::string version;
  unsigned slots = 1;              // attempts at a time
  unsigned threads = 1;            // that one proof may use; slots share the machine's cores
  std::filesystem::path data_dir;  // keys and results that are not acknowledged
  std::uint64_t memory_bytes = 0;  // what this worker may hold in all
  // Of keys and, on disk, witness programs that are kept for later.
  std::uint64_t key_memory_bytes = 0, key_disk_bytes = 0;
  prover::witness::Limits witness_limits = {};  // of the circuits' own programs
  network::rpc::CoordinatorLink::Options coordinators;
  // The leader wants this worker to drain and to leave. May be empty; any thread, quick, and may be
  // called again.
  std::function<void()> on_drain;
};

// REQUIRES: all of them outlive the worker.
struct WorkerPorts {
  const prover::field::Kernels& kernels;
  base::Random& random;
  const prover::witness::Engine& engine;
};

// A worker at one moment.
struct WorkerState {
  network::task::WorkerId id;
  std::string version, kernels;
  bool welcomed = false;   // by the leader that it is connected to
  std::uint64_t term = 0;  // of the last leader that welcomed it
  bool draining = false;
  std::size_t slots = 0, slots_used = 0;
  std::size_t unacknowledged = 0;  // results
  std::size_t keys_in_memory = 0;
  std::size_t key_loads = 0, program_loads = 0;          // since it started
  std::size_t succeeded = 0, failed = 0, cancelled = 0;  // attempts, since it started
};

class Worker {
 public:
  static base::Result<std::unique_ptr<Worker>> start(WorkerOptions options,
                                                     const WorkerPorts& ports);
  // Stops at once: what runs is given up, what is finished stays in the data folder.
  virtual ~Worker() = default;

  // Takes no more work, and waits until everything is done and acknowledged, or the grace period is
  // over: false.
  virtual bool drain(std::chrono::milliseconds grace) = 0;

  // Any thread.
  [[nodiscard]] virtual WorkerState state() const = 0;
};

}  // namespace zkp::services::worker
