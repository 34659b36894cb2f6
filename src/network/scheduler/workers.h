#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/scheduler/events.h"

namespace zkp::network::scheduler {

// Time for leases: like the events' time, but a pause of the leader itself does not count, since
// nobody could have been heard in it. Since the leader's start.
using LeaseTime = base::Duration;

enum class Health {
  active,       // gets work
  suspect,      // its connection is gone or silent, but its lease runs
  draining,     // finishes what it has
  quarantined,  // gave a wrong proof
  dead,         // its lease ran out; remembered for a while
};
const char* name_of(Health health);

struct Worker {
  std::string version, kernels;
  std::size_t slots = 0, used = 0;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> loaded_keys;  // the latest used last
  LeaseTime heard{};
  base::Time last_heard{};
  bool alive = false;  // its lease runs
  bool connected = false, draining = false;
  WorkerRecord record;
};

// What a worker must have for a task.
struct Need {
  std::uint64_t memory_bytes = 0;        // at least
  std::uint64_t memory_floor_bytes = 0;  // more than this, unless 0
  std::string_view key_digest;           // better if it has this in memory
  WorkerId not_again;                    // better another one than this
};

// The workers that this leader knows, and who of them is fit for what. Single-threaded.
class Workers {
 public:
  struct Options {
    base::Duration heartbeat, lease;
    std::size_t most_workers;
  };
  explicit Workers(Options options) : options_(options) {}

  // Workers that the last leader knew: each has one lease to come back.
  void recall(const WorkerRecords& records, LeaseTime lease_now, base::Time now);
  // Of every worker that is there, or that must not be forgotten.
  [[nodiscard]] WorkerRecords records() const;
  // False if there are too many. A worker that comes again keeps its record only.
  bool join(const WorkerJoined& event, LeaseTime lease_now, base::Time now);
  // Null if it is not known.
  Worker* find(const WorkerId& id);
  void heard(const WorkerId& id, LeaseTime lease_now, base::Time now);
  void note_key(const WorkerId& id, const std::string& key_digest);
  // Ends its lease.
  void lose(const WorkerId& id);
  // Those whose lease has run out, not yet lost; forgets the ones that died long ago.
  std::vector<WorkerId> expire(LeaseTime lease_now);

  // The best worker with a free slot. Null: there is none.
  [[nodiscard]] const WorkerId* choose(const Need& need, LeaseTime lease_now) const;
  // The best worker for a set-up, leaving out `busy`. Null: there is none.
  [[nodiscard]] const WorkerId* choose_for_setup(const std::vector<WorkerId>& busy,
                                                 LeaseTime lease_now) const;
  // Is there a worker that could take it once it has a free slot?
  [[nodiscard]] bool can_hold(const Need& need, LeaseTime lease_now) const;
  // Is there one that could, if it came back? Only quarantine is for ever.
  [[nodiscard]] bool could_hold(const Need& need) const;
  [[nodiscard]] std::uint64_t most_memory_bytes() const;
  [[nodiscard]] std::size_t free_slots(LeaseTime lease_now) const;

  [[nodiscard]] Health health(const Worker& worker, LeaseTime lease_now) const;
  [[nodiscard]] const std::map<WorkerId, Worker>& all() const { return workers_; }

 private:
  bool make_room();

  const Options options_;
  std::map<WorkerId, Worker> workers_;
};

}  // namespace zkp::network::scheduler
