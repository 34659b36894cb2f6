#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace zkp::base {

inline constexpr std::size_t kSealKeyBytes = 32;

// AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce: nonce (12 bytes), ciphertext, tag (16
// bytes). `associated` is bound to the result but not part of it: opening needs the same text.
// REQUIRES: key.size() == kSealKeyBytes.
Bytes seal(const SecretBytes& key, ByteView plain, std::string_view associated, Random& random);

// What seal() closed. data_loss if key, text or bytes are not those of the sealing.
Result<SecretBytes> open_sealed(const SecretBytes& key, ByteView sealed,
                                std::string_view associated);

}  // namespace zkp::base
