#include "prover/poly/domain.h"

#include <algorithm>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace zkp::prover::poly {
namespace {

using base::Error;
using base::ErrorCode;
using field::FieldKernels;
using field::FrParams;
using field::Limbs;

constexpr std::size_t kLeafLog = 11;  // 64 KiB of values: a leaf runs within the second-level cache
constexpr std::size_t kLeaf = std::size_t{1} << kLeafLog;
constexpr std::size_t kMostRows = 32;
constexpr std::size_t kStrip = 16;  // columns: kMostRows * kStrip values fit the first-level cache
constexpr std::size_t kChunk = 4096;

std::size_t reverse_bits(std::size_t value, std::size_t bits) {
  if (bits == 0) return 0;
  return static_cast<std::size_t>(__builtin_bitreverse64(value) >> (64 - bits));
}

// g^((r-1)/2^log): primitive of order 2^log.
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

// For every power of two h < size, at [h, 2h): the powers 0 .. h-1 of the root of order 2h.
std::vector<Fr> twiddle_table(std::size_t size, const Fr& root, const FieldKernels<Fr>& kernels) {
  std::vector<Fr> table(size);
  if (size < 2) return table;
  Fr* const top = table.data() + size / 2;
  top[0] = Fr::one();
  Fr power = root;
  for (std::size_t done = 1; done < size / 2; done *= 2) {
    kernels.scale(top + done, top, &power, done);
    power = power.squared();
  }
  for (std::size_t i = size / 2; i-- > 1;) table[i] = table[2 * i];
  return table;
}

// first * base^(the bits of i reversed) for i < size.
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

// One transform under way. Values of n > kLeaf elements are seen as a matrix of a few rows: its
// upper layers combine elements of one column, so they run strip of columns by strip, and what is
// left is a transform of each row (Bailey 1990, without his transposition).
struct Transform {
  const FieldKernels<Fr>& kernels;
  const Fr* twiddles;
  const Fr* coset_low;
  const Fr* coset_high;
  const std::stop_token& stop;

  // Decimation in frequency (Gentleman, Sande 1966): natural order in, bit-reversed order out.
  void frequency(Fr* values, std::size_t size) const {
    if (size <= kLeaf) return frequency_leaf(values, size);
    const std::size_t rows = std::min(size / kLeaf, kMostRows);
    const std::size_t width = size / rows;
    for_each(width / kStrip, [&](std::size_t i) {
      frequency_strip(values + i * kStrip, twiddles + i * kStrip, rows, width);
    });
    for_each(rows, [&](std::size_t row) { frequency(values + row * width, width); });
  }

  // Values of a polynomial at w^i become its values at s * w^(-i). `offset` is the place of
  // `values` in the whole array. The forward transform gives size * c[-k] for the coefficients c,
  // and s^size = -1: no table for the inverse is needed.
  void coset(Fr* values, std::size_t size, std::size_t offset) const {
    if (size <= kLeaf) {
      frequency_leaf(values, size);
      kernels.multiply(values, values, coset_low, size);
      kernels.scale(values, values, coset_high + offset / size, size);
      if (offset == 0) values[0] = -values[0];
      return time_leaf(values, size);
    }
    const std::size_t rows = std::min(size / kLeaf, kMostRows);
    const std::size_t width = size / rows;
    for_each(width / kStrip, [&](std::size_t i) {
      frequency_strip(values + i * kStrip, twiddles + i * kStrip, rows, width);
    });
    for_each(rows,
             [&](std::size_t row) { coset(values + row * width, width, offset + row * width); });
    for_each(width / kStrip, [&](std::size_t i) {
      time_strip(values + i * kStrip, twiddles + i * kStrip, rows, width);
    });
  }

  template <class Function>
  void for_each(std::size_t count, const Function& function) const {
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
      if (!stop.stop_requested()) function(i);
    });
  }

  void frequency_strip(Fr* strip, const Fr* twiddle, std::size_t rows, std::size_t width) const {
    for (std::size_t half = rows / 2; half > 0; half /= 2) {
      for (std::size_t block = 0; block < rows; block += 2 * half) {
        for (std::size_t row = 0; row < half; ++row) {
          Fr* const low = strip + (block + row) * width;
          kernels.butterfly_frequency(low, low + half * width, twiddle + (half + row) * width,
                                      kStrip);
        }
      }
    }
  }

  void time_strip(Fr* strip, const Fr* twiddle, std::size_t rows, std::size_t width) const {
    for (std::size_t half = 1; half < rows; half *= 2) {
      for (std::size_t block = 0; block < rows; block += 2 * half) {
        for (std::size_t row = 0; row < half; ++row) {
          Fr* const low = strip + (block + row) * width;
          kernels.butterfly_time(low, low + half * width, twiddle + (half + row) * width, kStrip);
        }
      }
    }
  }

  void frequency_leaf(Fr* values, std::size_t size) const {
    if (size == 4) return frequency_of_four(values);
    if (size == 1) return;
    const std::size_t half = size / 2;
    kernels.butterfly_frequency(values, values + half, twiddles + half, half);
    frequency_leaf(values, half);
    frequency_leaf(values + half, half);
  }

  // Decimation in time (Cooley, Tukey 1965): bit-reversed order in, natural order out.
  void time_leaf(Fr* values, std::size_t size) const {
    if (size == 4) return time_of_four(values);
    if (size == 1) return;
    const std::size_t half = size / 2;
    time_leaf(values, half);
    time_leaf(values + half, half);
    kernels.butterfly_time(values, values + half, twiddles + half, half);
  }

  // The two layers with the twiddles 1 and i: a single product.
  void frequency_of_four(Fr* values) const {
    const Fr even_sum = values[0] + values[2];
    const Fr odd_sum = values[1] + values[3];
    const Fr even = values[0] - values[2];
    const Fr odd = (values[1] - values[3]) * twiddles[3];
    values[0] = even_sum + odd_sum;
    values[1] = even_sum - odd_sum;
    values[2] = even + odd;
    values[3] = even - odd;
  }
  void time_of_four(Fr* values) const {
    const Fr even_sum = values[0] + values[1];
    const Fr even = values[0] - values[1];
    const Fr odd_sum = values[2] + values[3];
    const Fr odd = (values[2] - values[3]) * twiddles[3];
    values[0] = even_sum + odd_sum;
    values[1] = even + odd;
    values[2] = even_sum - odd_sum;
    values[3] = even - odd;
  }
};

template <class Function>
void for_chunks(std::size_t count, const Function& function) {
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, count, kChunk),
      [&](const tbb::blocked_range<std::size_t>& range) { function(range.begin(), range.end()); },
      tbb::simple_partitioner());
}

void reverse_order(std::span<Fr> values) {
  for_chunks(values.size() / 2, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) std::swap(values[i], values[values.size() - 1 - i]);
  });
}

void reverse_bits_of_places(std::span<Fr> values, std::size_t log) {
  for_chunks(values.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t j = reverse_bits(i, log);
      if (i < j) std::swap(values[i], values[j]);
    }
  });
}

base::Status finished(const std::stop_token& stop) {
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "transform: stopped"};
  return {};
}

}  // namespace

struct Domain::Tables {
  const FieldKernels<Fr>* kernels;
  std::size_t log;
  std::size_t size;
  Fr root;
  Fr size_inverse;
  std::vector<Fr> twiddles;
  // What the value at place p of a forward transform is multiplied by to shift to the odd coset:
  // -s^(-reverse(p)) / size, with p = kLeaf * high + low the product of coset_high[high] and
  // coset_low[low]. Place 0 has the other sign.
  std::vector<Fr> coset_low;
  std::vector<Fr> coset_high;

  [[nodiscard]] Transform transform(const std::stop_token& stop) const {
    return {*kernels, twiddles.data(), coset_low.data(), coset_high.data(), stop};
  }
};

Domain::Domain(std::size_t log_size, const field::Kernels& kernels) {
  ZKP_ASSERT(log_size <= kMostLog);
  auto tables = std::make_unique<Tables>();
  tables->kernels = &kernels.fr;
  tables->log = log_size;
  tables->size = std::size_t{1} << log_size;
  tables->root = root_of_order(log_size);
  tables->size_inverse = Fr::from_u64(tables->size).inverse();
  tables->twiddles = twiddle_table(tables->size, tables->root, kernels.fr);
  if (log_size < kMostLog) {
    const std::size_t low = std::min(tables->size, kLeaf);
    const std::size_t high = tables->size / low;
    const Fr base = root_of_order(log_size + 1).inverse();
    tables->coset_low = reversed_powers(low, base.power(high), Fr::one());
    tables->coset_high = reversed_powers(high, base, -tables->size_inverse);
  }
  tables_ = std::move(tables);
}

Domain::~Domain() = default;
Domain::Domain(Domain&&) noexcept = default;

std::size_t Domain::size() const { return tables_->size; }
const Fr& Domain::root() const { return tables_->root; }

base::Status Domain::forward(std::span<Fr> values, std::stop_token stop) const {
  ZKP_ASSERT(values.size() == size());
  tables_->transform(stop).frequency(values.data(), values.size());
  ZKP_CHECK(finished(stop));
  reverse_bits_of_places(values, tables_->log);
  return {};
}

base::Status Domain::inverse(std::span<Fr> values, std::stop_token stop) const {
  ZKP_CHECK(forward(values, stop));
  reverse_order(values.subspan(1));
  for_chunks(values.size(), [&](std::size_t begin, std::size_t end) {
    Fr* const chunk = values.data() + begin;
    tables_->kernels->scale(chunk, chunk, &tables_->size_inverse, end - begin);
  });
  return {};
}

base::Status Domain::to_odd_coset(std::span<Fr> values, std::stop_token stop) const {
  ZKP_ASSERT(values.size() == size() && tables_->log < kMostLog);
  tables_->transform(stop).coset(values.data(), values.size(), 0);
  ZKP_CHECK(finished(stop));
  reverse_order(values.subspan(1));
  return {};
}

// L_i(tau) = (tau^size - 1) / size * w^i / (tau - w^i).
std::vector<Fr> Domain::lagrange_at(const Fr& tau) const {
  const std::size_t half = size() / 2;
  std::vector<Fr> points(size(), Fr::one());  // w^i; its second half is the first one negated
  for (std::size_t i = 0; i < half; ++i) {
    points[i] = tables_->twiddles[half + i];
    points[half + i] = -points[i];
  }
  std::vector<Fr> result(size());
  const Fr vanishing = tau.power(size()) - Fr::one();
  if (vanishing.is_zero()) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (points[i] == tau) result[i] = Fr::one();
    }
    return result;
  }
  const Fr factor = vanishing * tables_->size_inverse;
  for_chunks(size(), [&](std::size_t begin, std::size_t end) {
    std::vector<Fr> differences(end - begin);
    const std::span<Fr> chunk = std::span(result).subspan(begin, end - begin);
    for (std::size_t i = begin; i < end; ++i) differences[i - begin] = tau - points[i];
    field::invert_batch<Fr>(differences, chunk);
    tables_->kernels->multiply(chunk.data(), differences.data(), &points[begin], chunk.size());
    tables_->kernels->scale(chunk.data(), chunk.data(), &factor, chunk.size());
  });
  return result;
}

}  // namespace zkp::prover::poly
