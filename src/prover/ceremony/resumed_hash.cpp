#include "prover/ceremony/resumed_hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/assert.h"

namespace zkp::prover::ceremony {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr int kRounds = 12;

using Block = std::array<std::uint8_t, kBlockBytes>;
using State = std::array<std::uint64_t, 8>;

constexpr State kInitialValues = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                  0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// Which word of the block goes where in each round; the eleventh begins again.
constexpr std::uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

struct Mixer {
  std::array<std::uint64_t, 16> v;

  void mix(std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::uint64_t x,
           std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
  }
};

// `bytes_so_far`: with this block.
void compress(State& state, const Block& block, std::uint64_t bytes_so_far, bool last) {
  std::array<std::uint64_t, 16> words;
  std::memcpy(words.data(), block.data(), kBlockBytes);
  Mixer mixer{};
  std::ranges::copy(state, mixer.v.begin());
  std::ranges::copy(kInitialValues, mixer.v.begin() + 8);
  mixer.v[12] ^= bytes_so_far;
  if (last) mixer.v[14] = ~mixer.v[14];
  for (int round = 0; round < kRounds; ++round) {
    const auto& order = kOrder[round % 10];
    for (std::size_t i = 0; i < 4; ++i) {
      mixer.mix(i, 4 + i, 8 + i, 12 + i, words[order[2 * i]], words[order[2 * i + 1]]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      mixer.mix(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, words[order[8 + 2 * i]],
                words[order[9 + 2 * i]]);
    }
  }
  for (std::size_t i = 0; i < state.size(); ++i) state[i] ^= mixer.v[i] ^ mixer.v[i + 8];
}

struct Saved {
  Block block;
  State state;
  std::uint64_t bytes_before, bytes_in_block;

  explicit Saved(std::span<const std::uint8_t, kSavedHashBytes> saved) {
    std::memcpy(block.data(), saved.data(), kBlockBytes);
    std::memcpy(state.data(), &saved[kBlockBytes], sizeof(State));
    bytes_before = base::load_le<std::uint64_t>(&saved[kBlockBytes + sizeof(State)]);
    bytes_in_block = base::load_le<std::uint64_t>(&saved[kBlockBytes + sizeof(State) + 8]);
  }
};

}  // namespace

bool is_saved_hash(std::span<const std::uint8_t, kSavedHashBytes> saved) {
  const Saved from(saved);
  return from.bytes_before % kBlockBytes == 0 && from.bytes_in_block <= kBlockBytes;
}

// The last block stays in the buffer until it is known to be the last.
iden3::TranscriptHash resume_hash(std::span<const std::uint8_t, kSavedHashBytes> saved,
                                  base::ByteView more) {
  ZKP_ASSERT(is_saved_hash(saved));
  Saved hash(saved);
  std::uint64_t total = hash.bytes_before + hash.bytes_in_block;
  std::size_t filled = hash.bytes_in_block;
  while (!more.empty()) {
    if (filled == kBlockBytes) {
      compress(hash.state, hash.block, total, false);
      filled = 0;
    }
    const std::size_t count = std::min(kBlockBytes - filled, more.size());
    std::memcpy(&hash.block[filled], more.data(), count);
    filled += count;
    total += count;
    more = more.subspan(count);
  }
  std::fill(hash.block.begin() + static_cast<std::ptrdiff_t>(filled), hash.block.end(), 0);
  compress(hash.state, hash.block, total, true);
  iden3::TranscriptHash digest;
  std::memcpy(digest.data(), hash.state.data(), digest.size());
  return digest;
}

}  // namespace zkp::prover::ceremony
