#include "prover/curve/scale.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "base/secret.h"
#include "prover/curve/batch_adder.h"
#include "prover/curve/endomorphism.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// Points that are worked on together: enough to share an inversion, and their multiples stay in a
// core's own cache.
constexpr std::size_t kChunk = 256;

constexpr int kDigitWidth = 5;                              // digits are odd, below 2^4
constexpr std::size_t kMultiples = 1 << (kDigitWidth - 2);  // P, 3 P ... 15 P
using Digits = std::array<signed char, 128>;

// The factor as first + second lambda, digit by digit, least significant first.
struct Recoded {
  Digits first, second;
};

Digits digits_of(const HalfScalar& scalar) {
  Digits digits = non_adjacent_form<128, kDigitWidth>(scalar.magnitude);
  if (scalar.negative) {
    for (signed char& digit : digits) digit = static_cast<signed char>(-digit);
  }
  return digits;
}

// Takes a chunk of points through the digits, all in step: every step is one batch of affine
// additions. One owner, one thread at a time.
class ChunkScaler {
 public:
  explicit ChunkScaler(const field::Kernels& kernels)
      : adder_(make_batch_adder<G1Params>(kernels, kChunk)) {}

  // REQUIRES: at most kChunk points.
  void scale(std::span<G1Affine> points, const Recoded& factor) {
    count_ = points.size();
    fill_tables(points);
    sums_.fill(G1Affine::infinity());
    bool begun = false;  // twice infinity is no work
    for (std::size_t i = factor.first.size(); i-- > 0;) {
      if (begun) add(sums_, sums_, sums_, 0);
      for (const auto& [digit, table] :
           {std::pair{factor.first[i], &multiples_}, std::pair{factor.second[i], &turned_}}) {
        if (digit == 0) continue;
        add(sums_, sums_, (*table)[std::size_t(std::abs(digit)) / 2], digit < 0 ? kOppositeB : 0);
        begun = true;
      }
    }
    std::ranges::copy_n(sums_.begin(), static_cast<std::ptrdiff_t>(count_), points.begin());
  }

 private:
  using Points = std::array<G1Affine, kChunk>;

  // multiples_[k] = (2 k + 1) P; turned_[k] = lambda times that.
  void fill_tables(std::span<const G1Affine> points) {
    std::ranges::copy(points, multiples_[0].begin());
    add(sums_, multiples_[0], multiples_[0], 0);
    for (std::size_t k = 1; k < kMultiples; ++k) add(multiples_[k], multiples_[k - 1], sums_, 0);
    for (std::size_t k = 0; k < kMultiples; ++k) {
      for (std::size_t i = 0; i < count_; ++i) {
        turned_[k][i] = {multiples_[k][i].x * kBeta, multiples_[k][i].y};
      }
    }
  }

  // out = a + b, or a - b if `opposite` is kOppositeB, of each of the chunk's points.
  void add(Points& out, const Points& a, const Points& b, std::uint8_t opposite) {
    for (std::size_t i = 0; i < count_; ++i) {
      a_[i] = &a[i];
      b_[i] = &b[i];
      out_[i] = &out[i];
    }
    opposite_.fill(opposite);
    adder_->add({a_.data(), b_.data(), out_.data(), opposite_.data(), count_}, {});
  }

  std::unique_ptr<BatchAdder<G1Params>> adder_;
  std::size_t count_ = 0;
  Points sums_;
  std::array<Points, kMultiples> multiples_, turned_;
  std::array<const G1Affine*, kChunk> a_, b_;
  std::array<G1Affine*, kChunk> out_;
  std::array<std::uint8_t, kChunk> opposite_;
};

}  // namespace

base::Status scale(std::span<G1Affine> points, const Fr& factor, const field::Kernels& kernels,
                   std::stop_token stop) {
  const base::Secret<HalfScalars> halves(split(factor));
  const base::Secret<Recoded> recoded(
      {digits_of(halves.reveal().first), digits_of(halves.reveal().second)});
  tbb::enumerable_thread_specific<std::unique_ptr<ChunkScaler>> scalers(
      [&kernels] { return std::make_unique<ChunkScaler>(kernels); });
  const std::size_t chunks = (points.size() + kChunk - 1) / kChunk;
  tbb::parallel_for(std::size_t{0}, chunks, [&](std::size_t chunk) {
    if (stop.stop_requested()) return;
    const std::size_t first = chunk * kChunk;
    const std::size_t count = std::min(kChunk, points.size() - first);
    scalers.local()->scale(points.subspan(first, count), recoded.reveal());
  });
  if (stop.stop_requested()) {
    return base::Error{base::ErrorCode::cancelled, "multiplication of points: cancelled"};
  }
  return {};
}

}  // namespace zkp::prover::curve
