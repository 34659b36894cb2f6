#include "base/assert.h"
#include "prover/ceremony/key_contributions.h"
#include "prover/ceremony/powers_contributions.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

namespace {

// What was read of a key is written so that it is read again.
void check_key(const iden3::ZkeyLayout& layout) {
  const auto read = ceremony::read_key_contributions(layout);
  if (!read) return;
  for (const ceremony::KeyContribution& contribution : read->list) {
    zkp::base::Bytes bytes;
    append_key_contribution(bytes, contribution);
    zkp::base::ByteView rest = bytes;
    rest = rest.subspan(3 * 64 + 128 + 64);
    const auto again = ceremony::take_parameters(layout.file, rest, "again");
    ZKP_ASSERT(again.ok() && rest.empty() && again->name == contribution.parameters.name &&
               again->beacon.has_value() == contribution.parameters.beacon.has_value());
    (void)hash_of(contribution);
  }
}

}  // namespace

// A .zkey or a .ptau, by its own name of itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const zkp::base::ByteView file(data, size);
  if (const auto layout = iden3::ZkeyLayout::parse(file)) check_key(*layout);
  if (const auto layout = iden3::PtauLayout::parse_whole(file)) {
    (void)ceremony::read_powers_contributions(*layout);
  }
  return 0;
}
