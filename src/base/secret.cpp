#include "base/secret.h"

#include <openssl/crypto.h>

namespace zkp::base {

void wipe(void* memory, std::size_t size_bytes) { OPENSSL_cleanse(memory, size_bytes); }

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_.data(), bytes_.size());
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

SecretBytes::~SecretBytes() { wipe(bytes_.data(), bytes_.size()); }

}  // namespace zkp::base
