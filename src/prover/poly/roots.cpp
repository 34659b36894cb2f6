#include "prover/poly/roots.h"

#include <algorithm>
#include <array>

#include <tbb/parallel_for.h>

#include "prover/poly/chunks.h"

namespace zkp::prover::poly {
namespace {

using field::FrParams;
using field::Limbs;

std::size_t reverse_bits(std::size_t value, std::size_t bits) {
  if (bits == 0) return 0;
  return static_cast<std::size_t>(__builtin_bitreverse64(value) >> (64 - bits));
}

constexpr std::size_t kTileLog = 4;  // tiles of 8 KiB
using Tile = std::array<std::array<Fr, 1U << kTileLog>, 1U << kTileLog>;

struct Tiles {
  Fr* values;
  std::size_t side, side_log, row_shift;

  [[nodiscard]] Fr* row(std::size_t middle, std::size_t index) const {
    return values + (index << row_shift) + (middle << side_log);
  }
  void load(std::size_t middle, Tile& tile) const {
    for (std::size_t i = 0; i < side; ++i) std::copy_n(row(middle, i), side, tile[i].data());
  }
  void store_reversed(const Tile& tile, std::size_t middle) const {
    for (std::size_t i = 0; i < side; ++i) {
      Fr* const to = row(middle, i);
      const std::size_t column = reverse_bits(i, side_log);
      for (std::size_t j = 0; j < side; ++j) to[j] = tile[reverse_bits(j, side_log)][column];
    }
  }
};

}  // namespace

Fr root_of_order(std::size_t log) {
  Limbs exponent = FrParams::kModulus;
  exponent[0] -= 1;
  for (std::size_t i = 0; i < FrParams::kTwoAdicity; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      exponent[j] = (exponent[j] >> 1) | (j < 3 ? exponent[j + 1] << 63 : 0);
    }
  }
  Fr root = Fr::from_u64(FrParams::kGenerator).power(exponent);
  for (std::size_t i = log; i < FrParams::kTwoAdicity; ++i) root = root.squared();
  return root;
}

std::vector<Fr> nested_powers(std::size_t size, const Fr& root) {
  std::vector<Fr> table(size);
  if (size < 2) return table;
  table[size / 2] = Fr::one();
  for (std::size_t i = size / 2 + 1; i < size; ++i) table[i] = table[i - 1] * root;
  for (std::size_t i = size / 2; i-- > 1;) table[i] = table[2 * i];
  return table;
}

std::vector<Fr> reversed_powers(std::size_t size, const Fr& base, const Fr& first) {
  std::vector<Fr> table(size);
  table[0] = first;
  Fr power = base;
  for (std::size_t step = size / 2; step > 0; step /= 2) {
    // Every multiple of 2 * step stands already.
    for (std::size_t i = step; i < size; i += 2 * step) table[i] = table[i - step] * power;
    power = power.squared();
  }
  return table;
}

// A tile has the places whose middle bits are the same; it trades them with the tile of the
// reversed middle bits (Carter, Gatlin 1998). Rows of a tile, and not single values, go to and from
// memory.
void reverse_bits_of_places(std::span<Fr> values) {
  const auto log = static_cast<std::size_t>(__builtin_ctzll(values.size()));
  const std::size_t side_log = std::min(kTileLog, log / 2);
  const std::size_t middle_log = log - 2 * side_log;
  const Tiles tiles{values.data(), std::size_t{1} << side_log, side_log, middle_log + side_log};
  tbb::parallel_for(std::size_t{0}, std::size_t{1} << middle_log, [&](std::size_t middle) {
    const std::size_t other = reverse_bits(middle, middle_log);
    if (middle > other) return;
    Tile tile;
    Tile other_tile;
    tiles.load(middle, tile);
    tiles.load(other, other_tile);
    tiles.store_reversed(tile, other);
    if (middle != other) tiles.store_reversed(other_tile, middle);
  });
}

void negate_places(std::span<Fr> values) {
  const std::span<Fr> rest = values.subspan(1);
  for_chunks(rest.size() / 2, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) std::swap(rest[i], rest[rest.size() - 1 - i]);
  });
}

}  // namespace zkp::prover::poly
