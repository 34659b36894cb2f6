#include <algorithm>

#include <tbb/parallel_for.h>

#include "prover/poly/domain.h"
#include "prover/poly/roots.h"
#include "prover/poly/transform.h"

namespace zkp::prover::poly {
namespace {

using field::FieldKernels;

constexpr std::size_t kLeafLog = 11;  // 64 KiB of values: a leaf runs within the second-level cache
constexpr std::size_t kLeaf = std::size_t{1} << kLeafLog;
constexpr std::size_t kMostRows = 32;
constexpr std::size_t kStrip = 16;  // columns: kMostRows * kStrip values fit the first-level cache

// nested_powers, by the kernels.
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

// One transform under way. Values of n > kLeaf elements are seen as a matrix of a few rows: its
// upper layers combine elements of one column, so they run strip of columns by strip, and what is
// left is a transform of each row (Bailey 1990, without his transposition).
struct Butterflies {
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

class ButterflyTransform final : public Transform {
 public:
  ButterflyTransform(std::size_t log, const FieldKernels<Fr>& kernels)
      : kernels_(kernels),
        twiddles_(twiddle_table(std::size_t{1} << log, root_of_order(log), kernels)) {
    if (log == Domain::kMostLog) return;
    const std::size_t size = std::size_t{1} << log;
    const std::size_t low = std::min(size, kLeaf);
    const std::size_t high = size / low;
    const Fr base = root_of_order(log + 1).inverse();
    coset_low_ = reversed_powers(low, base.power(high), Fr::one());
    coset_high_ = reversed_powers(high, base, -Fr::from_u64(size).inverse());
  }

  void frequency(std::span<Fr> values, const std::stop_token& stop) const override {
    butterflies(stop).frequency(values.data(), values.size());
  }
  void to_odd_coset(std::span<Fr> values, const std::stop_token& stop) const override {
    butterflies(stop).coset(values.data(), values.size(), 0);
    if (!stop.stop_requested()) negate_places(values);
  }

  void multiply_subtract(std::span<Fr> a, std::span<const Fr> b, std::span<const Fr> c,
                         std::span<field::Limbs> out) const override {
    constexpr Fr kOne{field::Limbs{1, 0, 0, 0}};  // a Montgomery product with it: standard form
    kernels_.multiply(a.data(), a.data(), b.data(), a.size());
    kernels_.subtract(a.data(), a.data(), c.data(), a.size());
    kernels_.scale(a.data(), a.data(), &kOne, a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i].limb;
  }

 private:
  [[nodiscard]] Butterflies butterflies(const std::stop_token& stop) const {
    return {kernels_, twiddles_.data(), coset_low_.data(), coset_high_.data(), stop};
  }

  const FieldKernels<Fr>& kernels_;
  std::vector<Fr> twiddles_;
  // What the value at place p of a forward transform is multiplied by to shift to the odd coset:
  // -s^(-reverse(p)) / size, with p = kLeaf * high + low the product of coset_high[high] and
  // coset_low[low]. Place 0 has the other sign.
  std::vector<Fr> coset_low_;
  std::vector<Fr> coset_high_;
};

}  // namespace

std::unique_ptr<const Transform> make_butterfly_transform(std::size_t log_size,
                                                          const field::Kernels& kernels) {
  return std::make_unique<ButterflyTransform>(log_size, kernels.fr);
}

}  // namespace zkp::prover::poly
