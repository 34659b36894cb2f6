#pragma once

#include <span>

#include "prover/iden3/transcript.h"

namespace zkp::prover::ceremony {

// How a hash was saved before its last bytes (what snarkjs calls partialHash): the block that is
// being filled (128 bytes), the eight words of the state, then u64 how many bytes went before that
// block, and u64 how many are in it.
inline constexpr std::size_t kSavedHashBytes = 128 + 64 + 8 + 8;

// True if there is such a state: the sizes are those of whole blocks and of a part of one.
bool is_saved_hash(std::span<const std::uint8_t, kSavedHashBytes> saved);

// BLAKE2b-512 (RFC 7693) of what had been hashed and then `more`. OpenSSL cannot go on from a saved
// state. REQUIRES: is_saved_hash(saved).
iden3::TranscriptHash resume_hash(std::span<const std::uint8_t, kSavedHashBytes> saved,
                                  base::ByteView more);

}  // namespace zkp::prover::ceremony
