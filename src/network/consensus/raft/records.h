#pragma once

#include <map>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "network/consensus/consensus.h"

namespace zkp::network::consensus::raft {

using WorkerRecords = std::map<std::string, WorkerRecord>;

// What stands in the log and in snapshots: the payload's size (32 bits), the first 64 bits of its
// SHA-256, the payload (a message of cluster.proto), and zeros up to a multiple of 8 bytes, which
// C-Raft's log asks for.
base::Bytes encode_command(const Command& command);
base::Bytes encode_snapshot(const WorkerRecords& workers);

// data_loss if the bytes are not what was written; failed_precondition for a command of a version
// that this one does not know.
base::Result<Command> decode_command(base::ByteView bytes);
base::Result<WorkerRecords> decode_snapshot(base::ByteView bytes);

}  // namespace zkp::network::consensus::raft
