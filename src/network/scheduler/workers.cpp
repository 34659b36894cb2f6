#include "network/scheduler/workers.h"

#include <algorithm>
#include <tuple>

namespace zkp::network::scheduler {
namespace {

constexpr base::Duration kDeadKept = std::chrono::minutes(10);
constexpr std::size_t kMostKeys = 64;  // remembered of one worker

bool has_memory(const Worker& worker, const Need& need) {
  return worker.memory_bytes >= need.memory_bytes &&
         (need.memory_floor_bytes == 0 || worker.memory_bytes > need.memory_floor_bytes);
}

bool has_key(const Worker& worker, std::string_view digest) {
  return !digest.empty() &&
         std::ranges::find(worker.loaded_keys, digest) != worker.loaded_keys.end();
}

std::size_t free_slots_of(const Worker& worker) {
  return worker.slots > worker.used ? worker.slots - worker.used : 0;
}

}  // namespace

const char* name_of(Health health) {
  switch (health) {
    case Health::active:
      return "active";
    case Health::suspect:
      return "suspect";
    case Health::draining:
      return "draining";
    case Health::quarantined:
      return "quarantined";
    case Health::dead:
      return "dead";
  }
  ZKP_ASSERT(false);
}

bool Workers::make_room() {
  if (workers_.size() < options_.most_workers) return true;
  const auto oldest = std::ranges::min_element(workers_, {}, [](const auto& entry) {
    return std::pair(entry.second.alive, entry.second.heard);
  });
  if (oldest->second.alive) return false;
  workers_.erase(oldest);
  return true;
}

void Workers::recall(const WorkerRecords& records, LeaseTime lease_now, base::Time now) {
  for (const auto& [id, record] : records) {
    if (!make_room()) return;
    workers_[id] = Worker{.heard = lease_now,
                          .last_heard = now,
                          .alive = true,
                          .draining = record.draining,
                          .record = record};
  }
}

WorkerRecords Workers::records() const {
  WorkerRecords records;
  for (const auto& [id, worker] : workers_) {
    if (worker.alive || worker.record.quarantined) records[id] = worker.record;
  }
  return records;
}

bool Workers::join(const WorkerJoined& event, LeaseTime lease_now, base::Time now) {
  if (!workers_.contains(event.worker) && !make_room()) return false;
  Worker& worker = workers_[event.worker];
  WorkerRecord record = std::move(worker.record);
  worker = Worker{.version = event.version,
                  .kernels = event.kernels,
                  .slots = event.slots,
                  .memory_bytes = event.memory_bytes,
                  .heard = lease_now,
                  .last_heard = now,
                  .alive = true,
                  .connected = true,
                  .draining = event.draining || record.draining,
                  .record = std::move(record)};
  for (const std::string& digest : event.loaded_keys) note_key(event.worker, digest);
  return true;
}

Worker* Workers::find(const WorkerId& id) {
  const auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : &found->second;
}

void Workers::heard(const WorkerId& id, LeaseTime lease_now, base::Time now) {
  Worker* worker = find(id);
  if (worker == nullptr || !worker->connected) return;
  worker->heard = lease_now;
  worker->last_heard = now;
}

void Workers::note_key(const WorkerId& id, const std::string& key_digest) {
  Worker* worker = find(id);
  if (worker == nullptr || key_digest.empty()) return;
  std::erase(worker->loaded_keys, key_digest);
  if (worker->loaded_keys.size() == kMostKeys)
    worker->loaded_keys.erase(worker->loaded_keys.begin());
  worker->loaded_keys.push_back(key_digest);
}

void Workers::lose(const WorkerId& id) {
  if (Worker* worker = find(id)) worker->alive = worker->connected = false;
}

std::vector<WorkerId> Workers::expire(LeaseTime lease_now) {
  std::erase_if(workers_, [&](const auto& entry) {
    const Worker& worker = entry.second;
    return !worker.alive && !worker.record.quarantined && lease_now - worker.heard > kDeadKept;
  });
  std::vector<WorkerId> expired;
  for (const auto& [id, worker] : workers_) {
    if (worker.alive && lease_now - worker.heard > options_.lease) expired.push_back(id);
  }
  return expired;
}

Health Workers::health(const Worker& worker, LeaseTime lease_now) const {
  if (!worker.alive) return Health::dead;
  if (worker.record.quarantined) return Health::quarantined;
  if (worker.draining) return Health::draining;
  const bool silent = lease_now - worker.heard > 2 * options_.heartbeat;
  return worker.connected && !silent ? Health::active : Health::suspect;
}

const WorkerId* Workers::choose(const Need& need, LeaseTime lease_now) const {
  const WorkerId* best = nullptr;
  std::tuple<bool, bool, std::size_t> best_rank;
  for (const auto& [id, worker] : workers_) {
    const std::size_t free = free_slots_of(worker);
    if (free == 0 || health(worker, lease_now) != Health::active || !has_memory(worker, need)) {
      continue;
    }
    const std::tuple rank(id != need.not_again, has_key(worker, need.key_digest), free);
    if (best != nullptr && rank <= best_rank) continue;
    best = &id;
    best_rank = rank;
  }
  return best;
}

const WorkerId* Workers::choose_for_setup(const std::vector<WorkerId>& busy,
                                          LeaseTime lease_now) const {
  const WorkerId* best = nullptr;
  std::tuple<std::size_t, std::uint64_t> best_rank;
  for (const auto& [id, worker] : workers_) {
    if (health(worker, lease_now) != Health::active) continue;
    if (std::ranges::find(busy, id) != busy.end()) continue;
    const std::tuple rank(free_slots_of(worker), worker.memory_bytes);
    if (best != nullptr && rank <= best_rank) continue;
    best = &id;
    best_rank = rank;
  }
  return best;
}

bool Workers::can_hold(const Need& need, LeaseTime lease_now) const {
  return std::ranges::any_of(workers_, [&](const auto& entry) {
    return health(entry.second, lease_now) == Health::active && has_memory(entry.second, need);
  });
}

bool Workers::could_hold(const Need& need) const {
  return std::ranges::any_of(workers_, [&](const auto& entry) {
    return !entry.second.record.quarantined && has_memory(entry.second, need);
  });
}

std::uint64_t Workers::most_memory_bytes() const {
  std::uint64_t most = 0;
  for (const auto& [id, worker] : workers_) most = std::max(most, worker.memory_bytes);
  return most;
}

std::size_t Workers::free_slots(LeaseTime lease_now) const {
  std::size_t free = 0;
  for (const auto& [id, worker] : workers_) {
    if (health(worker, lease_now) == Health::active) free += free_slots_of(worker);
  }
  return free;
}

}  // namespace zkp::network::scheduler
