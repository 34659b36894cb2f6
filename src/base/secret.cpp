#include "base/secret.h"

#include <openssl/crypto.h>

namespace zkp::base {

void wipe(void* memory, std::size_t size_bytes) { OPENSSL_cleanse(memory, size_bytes); }

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace zkp::base
