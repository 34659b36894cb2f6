#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

// The port to what the coordinators agree on: who leads, which workers are draining or quarantined,
// and which coordinators there are. Drivers: solo (one node, always the leader) and raft.
namespace zkp::network::consensus {

enum class Role { follower, candidate, leader };
const char* name_of(Role role);

// A leader's agreement() holds all that earlier leaders agreed on: a node that was elected, but has
// yet to apply that, is a candidate still.
struct State {
  Role role = Role::follower;
  std::string node_id;
  std::string leader_id, leader_address;  // empty: not known. The address takes workers' streams
  std::uint64_t term = 0;
  std::uint64_t commit_index = 0, applied_index = 0;
  std::string failure;  // not empty: why this node takes part no more until it is started again
};

// What is agreed about a worker. A worker without a record is an ordinary one.
struct WorkerRecord {
  bool draining = false;
  bool quarantined = false;
  std::string reason;

  bool operator==(const WorkerRecord&) const = default;
};

// A coordinator of the cluster. Addresses are host:port, with an IPv6 host in brackets.
struct Member {
  std::string id;
  std::string raft_address;
  std::string worker_address;  // takes workers' streams; may be empty
  std::string http_address;    // may be empty
  bool voter = false;          // false: on stand-by, gets everything and does not count

  bool operator==(const Member&) const = default;
};

// All that was committed and applied here, up to some index: older than the leader's, maybe.
struct Agreement {
  std::map<std::string, WorkerRecord> workers;
  std::vector<Member> members;  // in the order of their ids
};

// A change to one worker's record; the same one twice is the same as once.
struct Command {
  std::string worker_id;
  std::optional<WorkerRecord> record;  // nothing: forget this worker
};
constexpr std::size_t kMostWorkerIdBytes = 256;
constexpr std::size_t kMostReasonBytes = 1024;
// invalid_argument unless the command is within the limits and its worker has a name.
base::Status check(const Command& command);

// How a request ended. Called exactly once, from a thread of the driver's, or, if the driver is not
// running, within the request itself. It must be quick, and may call the port, but for stop().
//   ok                   committed, and applied here
//   failed_precondition  nothing happened: this node does not lead, or the cluster is not fit for
//   it unavailable          leadership was lost on the way, or the node stops: it may happen yet
//   any other error      nothing happened
using Done = std::function<void(const base::Status&)>;

// All calls are for any thread.
class Consensus {
 public:
  virtual ~Consensus() = default;

  // Calls `on_change` with every new state (indexes alone make none), the first one soon, one at a
  // time, from a thread of the driver's; it must be quick. REQUIRES: called once.
  virtual base::Status start(std::function<void(const State&)> on_change) = 0;
  // No call of on_change or of a Done is running or will come after this returns. REQUIRES: not
  // called from one.
  virtual void stop() = 0;
  [[nodiscard]] virtual State state() const = 0;
  // Never null.
  [[nodiscard]] virtual std::shared_ptr<const Agreement> agreement() const = 0;

  // Only the leader's succeed. Commands take effect in the order of their calls.
  virtual void propose(Command command, Done done) = 0;
  // Adds the member on stand-by, and makes it a voter (as `member.voter` asks) once it has caught
  // up; a member that is there already goes on from where it is. A second call finishes what a lost
  // leadership left half done.
  virtual void add_member(Member member, Done done) = 0;
  // Removes a member; ok if there is none of this id. A leader that removes itself steps down.
  virtual void remove_member(std::string id, Done done) = 0;
  // Hands leadership to this member, or to the best one if `id` is empty; ok if it leads by then.
  virtual void transfer(std::string id, Done done) = 0;
};

}  // namespace zkp::network::consensus
