#include "services/worker/outbox.h"

#include <fmt/format.h>

#include "base/log.h"
#include "network/task/ids.h"
#include "prover/iden3/atomic_file.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::services::worker {
namespace {

constexpr std::string_view kSuffix = ".result";

base::Result<v1::WorkerEvent> read_event(const std::filesystem::path& file) {
  ZKP_TRY(const auto mapped, prover::iden3::MappedFile::open(file));
  v1::WorkerEvent event;
  const base::ByteView bytes = mapped.bytes();
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      (!event.has_succeeded() && !event.has_failed())) {
    return base::Error{base::ErrorCode::data_loss, "it holds no result"};
  }
  return event;
}

const v1::AttemptRef& ref_of(const v1::WorkerEvent& event) {
  return event.has_succeeded() ? event.succeeded().ref() : event.failed().ref();
}

}  // namespace

AttemptKey key_of(const v1::AttemptRef& ref) { return {ref.task_id(), ref.attempt()}; }

base::Result<Outbox> Outbox::open(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return base::Error{base::ErrorCode::unavailable, fmt::format("cannot make the folder {}: {}",
                                                                 folder.string(), error.message())};
  }
  Outbox outbox(folder);
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != kSuffix) continue;
    auto event = read_event(entry.path());
    if (event.ok()) {
      outbox.events_.emplace(key_of(ref_of(*event)), *event);
    } else {
      base::log_warning("removing {}: {}", entry.path().string(), event.error().message);
      std::filesystem::remove(entry.path(), error);
    }
  }
  return outbox;
}

void Outbox::put(const AttemptKey& key, v1::WorkerEvent event) {
  // The id names a file, so it must be one.
  if (network::task::TaskId::parse(key.first).ok()) {
    const std::string bytes = event.SerializeAsString();
    const auto status = prover::iden3::write_file_atomically(file_of(key), base::as_bytes(bytes));
    if (!status.ok())
      base::log_warning("a result stays in memory only: {}", status.error().message);
  }
  events_.insert_or_assign(key, std::move(event));
}

void Outbox::remove(const AttemptKey& key) {
  if (events_.erase(key) == 0) return;
  std::error_code error;
  std::filesystem::remove(file_of(key), error);
}

const v1::WorkerEvent* Outbox::find(const AttemptKey& key) const {
  const auto found = events_.find(key);
  return found == events_.end() ? nullptr : &found->second;
}

std::filesystem::path Outbox::file_of(const AttemptKey& key) const {
  return folder_ / fmt::format("{}-{}{}", key.first, key.second, kSuffix);
}

}  // namespace zkp::services::worker
