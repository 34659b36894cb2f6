#include "network/consensus/raft/records.h"

#include <limits>

#include "base/sha256.h"
#include "zkp/v1/cluster.pb.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kHeaderBytes = 4 + 8;

base::Bytes seal(const google::protobuf::MessageLite& message) {
  const std::size_t size = message.ByteSizeLong();
  ZKP_ASSERT(size <= std::numeric_limits<std::int32_t>::max());
  base::Bytes bytes((kHeaderBytes + size + 7) / 8 * 8);
  std::uint8_t* const payload = bytes.data() + kHeaderBytes;
  ZKP_ASSERT(message.SerializeToArray(payload, static_cast<int>(size)));
  base::store_le(bytes.data(), static_cast<std::uint32_t>(size));
  const base::Sha256Digest digest = base::sha256({payload, size});
  std::copy_n(digest.begin(), 8, bytes.data() + 4);
  return bytes;
}

template <class Message>
base::Result<Message> unseal(base::ByteView bytes) {
  const Error damaged{ErrorCode::data_loss, "a record of the cluster's log is damaged"};
  if (bytes.size() < kHeaderBytes) return damaged;
  const std::size_t size = base::load_le<std::uint32_t>(bytes.data());
  if ((kHeaderBytes + size + 7) / 8 * 8 != bytes.size()) return damaged;
  const base::ByteView payload = bytes.subspan(kHeaderBytes, size);
  const base::Sha256Digest digest = base::sha256(payload);
  if (!std::equal(digest.begin(), digest.begin() + 8, bytes.begin() + 4)) return damaged;
  Message message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return damaged;
  return message;
}

WorkerRecord from_message(const v1::WorkerRecord& message) {
  return {.draining = message.draining(),
          .quarantined = message.quarantined(),
          .reason = message.reason()};
}

void put_worker(const std::string& id, const WorkerRecord& record, v1::PutWorker& message) {
  message.set_worker_id(id);
  message.mutable_record()->set_draining(record.draining);
  message.mutable_record()->set_quarantined(record.quarantined);
  message.mutable_record()->set_reason(record.reason);
}

}  // namespace

base::Bytes encode_command(const Command& command) {
  v1::ClusterCommand message;
  if (command.record) {
    put_worker(command.worker_id, *command.record, *message.mutable_put_worker());
  } else {
    message.set_forget_worker(command.worker_id);
  }
  return seal(message);
}

base::Result<Command> decode_command(base::ByteView bytes) {
  ZKP_TRY(const auto message, unseal<v1::ClusterCommand>(bytes));
  switch (message.command_case()) {
    case v1::ClusterCommand::kPutWorker:
      return Command{message.put_worker().worker_id(), from_message(message.put_worker().record())};
    case v1::ClusterCommand::kForgetWorker:
      return Command{message.forget_worker(), std::nullopt};
    case v1::ClusterCommand::COMMAND_NOT_SET:
      break;
  }
  return Error{ErrorCode::failed_precondition,
               "the cluster's log holds a command that this version does not know"};
}

base::Bytes encode_snapshot(const WorkerRecords& workers) {
  v1::ClusterSnapshot message;
  for (const auto& [id, record] : workers) put_worker(id, record, *message.add_workers());
  return seal(message);
}

base::Result<WorkerRecords> decode_snapshot(base::ByteView bytes) {
  ZKP_TRY(const auto message, unseal<v1::ClusterSnapshot>(bytes));
  WorkerRecords workers;
  for (const v1::PutWorker& worker : message.workers()) {
    workers[worker.worker_id()] = from_message(worker.record());
  }
  return workers;
}

}  // namespace zkp::network::consensus::raft
