#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "prover/curve/point.h"

namespace zkp::prover::ceremony {

// The generator that ceremonies draw from: ChaCha with 20 rounds (Bernstein 2008), its 32-bit words
// in order, the nonce zero and a counter of 128 bits. Numbers and points come out as ffjavascript
// draws them, bit for bit: everybody must get the same from the same seed. Wiped on release: the
// seed of a contribution is its secret.
class ChaCha {
 public:
  static constexpr std::size_t kSeedBytes = 32;

  // The first 32 bytes of `seed`, eight words, most significant byte first.
  explicit ChaCha(std::span<const std::uint8_t> seed);
  ChaCha(const ChaCha&) = default;
  ChaCha& operator=(const ChaCha&) = default;
  ~ChaCha();

  std::uint32_t next_u32();
  std::uint64_t next_u64();  // the upper half comes first

  // Uniform, by rejection.
  field::Fr draw_scalar();
  // A point of the group of which nobody knows a discrete logarithm.
  curve::G1Affine draw_g1();
  curve::G2Affine draw_g2();

 private:
  void refill();

  std::array<std::uint32_t, 16> state_, block_;
  std::size_t used_ = 16;  // words of block_
};

}  // namespace zkp::prover::ceremony
