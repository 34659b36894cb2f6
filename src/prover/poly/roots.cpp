#include "prover/poly/roots.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace zkp::prover::poly {
namespace {

using field::FrParams;
using field::Limbs;

constexpr std::size_t kChunk = 4096;

std::size_t reverse_bits(std::size_t value, std::size_t bits) {
  if (bits == 0) return 0;
  return static_cast<std::size_t>(__builtin_bitreverse64(value) >> (64 - bits));
}

template <class Function>
void for_chunks(std::size_t count, const Function& function) {
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, count, kChunk),
      [&](const tbb::blocked_range<std::size_t>& range) { function(range.begin(), range.end()); },
      tbb::simple_partitioner());
}

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

void reverse_bits_of_places(std::span<Fr> values) {
  const auto log = static_cast<std::size_t>(__builtin_ctzll(values.size()));
  for_chunks(values.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t j = reverse_bits(i, log);
      if (i < j) std::swap(values[i], values[j]);
    }
  });
}

void negate_places(std::span<Fr> values) {
  const std::span<Fr> rest = values.subspan(1);
  for_chunks(rest.size() / 2, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) std::swap(rest[i], rest[rest.size() - 1 - i]);
  });
}

}  // namespace zkp::prover::poly
