#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "zkp/v1/worker.pb.h"

namespace zkp::services::worker {

// The task's id and the attempt's number.
using AttemptKey = std::pair<std::string, std::uint64_t>;
AttemptKey key_of(const v1::AttemptRef& ref);

// The results (Succeeded, Failed) that the leader has not acknowledged, on disk too: work that is
// done survives the worker's end. Not for several threads at once.
class Outbox {
 public:
  // Reads what an earlier process left; a file that does not read is removed with a warning.
  static base::Result<Outbox> open(const std::filesystem::path& folder);

  // On disk when it returns. If the disk refuses, the result is kept in memory all the same.
  void put(const AttemptKey& key, v1::WorkerEvent event);
  void remove(const AttemptKey& key);

  [[nodiscard]] const v1::WorkerEvent* find(const AttemptKey& key) const;
  [[nodiscard]] const std::map<AttemptKey, v1::WorkerEvent>& events() const { return events_; }

 private:
  explicit Outbox(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::filesystem::path file_of(const AttemptKey& key) const;

  std::filesystem::path folder_;
  std::map<AttemptKey, v1::WorkerEvent> events_;
};

}  // namespace zkp::services::worker
