#include <cstdint>

#include "base/bytes.h"
#include "network/consensus/raft/address.h"
#include "network/consensus/raft/hello.h"
#include "network/consensus/raft/records.h"

// The first byte says what the rest is taken for. What is accepted survives the way back and forth.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::network::consensus;
  if (size == 0) return 0;
  const zkp::base::ByteView bytes{data + 1, size - 1};
  switch (data[0]) {
    case 'a':
      if (const auto member = raft::decode_address(zkp::base::as_text(bytes))) {
        ZKP_ASSERT(*raft::encode_address(*member) == zkp::base::as_text(bytes));
      }
      break;
    case 'h':
      if (bytes.size() < raft::kHelloHeaderBytes) break;
      (void)raft::decode_hello_header(bytes);
      if (const auto hello = raft::decode_hello(bytes.subspan(raft::kHelloHeaderBytes))) {
        ZKP_ASSERT(!hello->speaker.id.empty());
      }
      break;
    case 'c':
      if (const auto command = raft::decode_command(bytes)) {
        const auto again = raft::decode_command(raft::encode_command(*command));
        ZKP_ASSERT(again.ok() && again->worker_id == command->worker_id &&
                   again->record == command->record);
      }
      break;
    default:
      if (const auto workers = raft::decode_snapshot(bytes)) {
        const auto again = raft::decode_snapshot(raft::encode_snapshot(*workers));
        ZKP_ASSERT(again.ok() && *again == *workers);
      }
  }
  return 0;
}
