#include "base/random.h"

#include <algorithm>
#include <cstring>

#include <openssl/rand.h>

#include "base/assert.h"

namespace zkp::base {

std::uint64_t Random::next_u64() {
  std::array<std::uint8_t, 8> bytes;
  fill(bytes);
  std::uint64_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  constexpr std::size_t kMostPerCall = 1 << 30;
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kMostPerCall);
    ZKP_ASSERT(RAND_priv_bytes(out.data(), static_cast<int>(count)) == 1);
    out = out.subspan(count);
  }
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); i += 8) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    std::memcpy(out.data() + i, &z, std::min<std::size_t>(8, out.size() - i));
  }
}

}  // namespace zkp::base
