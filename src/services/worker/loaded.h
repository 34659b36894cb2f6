#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace zkp::services::worker {

// What was made of files, by their digests: made once, however many slots want it, and kept in
// memory. Bounded; what was used longest ago goes first, but never what was asked for last, and
// whoever has one keeps it alive. Any thread.
template <class Value>
class Loaded {
 public:
  using Pointer = std::shared_ptr<const Value>;
  struct Made {
    Pointer value;
    std::uint64_t size_bytes;
  };
  using Load = std::function<base::Result<Made>(const std::string& digest, std::stop_token stop)>;

  Loaded(std::uint64_t most_bytes, Load load) : most_bytes_(most_bytes), load_(std::move(load)) {}

  // Waits for whoever loads the same already. Errors: cancelled, and those of Load.
  base::Result<Pointer> get(const std::string& digest, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const bool free = changed_.wait(lock, stop, [&] { return !loading_.contains(digest); });
    if (!free) return base::Error{base::ErrorCode::cancelled, "it is not wanted any more"};
    if (Pointer value = find(digest)) return value;
    loading_.insert(digest);
    lock.unlock();
    base::Result<Made> made = load_(digest, stop);
    lock.lock();
    loading_.erase(digest);
    changed_.notify_all();
    if (!made.ok()) return std::move(made).error();
    ++loads_;
    keep(digest, *made);
    return made->value;
  }

  // How many have been loaded so far.
  [[nodiscard]] std::size_t loads() const {
    const std::lock_guard lock(mutex_);
    return loads_;
  }

  // Their digests.
  [[nodiscard]] std::vector<std::string> digests() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> digests;
    for (const Entry& entry : entries_) digests.push_back(entry.digest);
    return digests;
  }

 private:
  struct Entry {
    std::string digest;
    Made made;
  };

  Pointer find(const std::string& digest) {
    const auto found = std::ranges::find(entries_, digest, &Entry::digest);
    if (found == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found);
    return found->made.value;
  }

  void keep(const std::string& digest, const Made& made) {
    entries_.push_front({digest, made});
    std::uint64_t sum = 0;
    for (const Entry& entry : entries_) sum += entry.made.size_bytes;
    while (entries_.size() > 1 && sum > most_bytes_) {
      sum -= entries_.back().made.size_bytes;
      entries_.pop_back();
    }
  }

  const std::uint64_t most_bytes_;
  const Load load_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Entry> entries_;  // the one used last in front
  std::set<std::string> loading_;
  std::size_t loads_ = 0;
};

}  // namespace zkp::services::worker
