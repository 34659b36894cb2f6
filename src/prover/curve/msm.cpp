#include "prover/curve/msm.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "prover/curve/bucket_sums.h"

namespace zkp::prover::curve {
namespace {

using base::Error;
using base::ErrorCode;

// Entries that are added up together: large enough for full batches, and their points stay in a
// core's own cache.
constexpr std::size_t kGroupEntries = 8192;

// Below this number of points the batches are too small to pay for their inversions.
constexpr std::size_t kFewPoints = 64;

// Double and add, with the doublings shared by all points (Straus 1964).
template <class Params>
JacobianPoint<Params> sum_of_few(std::span<const AffinePoint<Params>> points,
                                 std::span<const field::Limbs> scalars) {
  std::vector<SignedScalar> multiples;
  std::size_t bits = 0;
  for (const field::Limbs& scalar : scalars) {
    multiples.push_back(signed_of(scalar));
    bits = std::max(bits, multiples.back().bits);
  }
  auto total = JacobianPoint<Params>::infinity();
  while (bits-- > 0) {
    total = total.doubled();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!field::bit_of(multiples[i].magnitude, bits)) continue;
      total = total + (multiples[i].negative ? -points[i] : points[i]);
    }
  }
  base::wipe(multiples.data(), multiples.size() * sizeof(SignedScalar));
  return total;
}

// The entries of each bucket as runs of at most kGroupEntries.
std::vector<Run> runs_of(std::span<const std::uint32_t> start) {
  std::vector<Run> runs;
  for (std::uint32_t bucket = 0; bucket + 1 < start.size(); ++bucket) {
    for (std::uint32_t first = start[bucket]; first < start[bucket + 1];) {
      const std::uint32_t count =
          std::min(start[bucket + 1] - first, static_cast<std::uint32_t>(kGroupEntries));
      runs.push_back({bucket, first, count});
      first += count;
    }
  }
  return runs;
}

// Where groups of neighbouring runs begin, and the end of the last one.
std::vector<std::size_t> group_bounds_of(std::span<const Run> runs) {
  std::vector<std::size_t> bounds = {0};
  std::size_t entries = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    entries += runs[i].count;
    if (entries < kGroupEntries && i + 1 < runs.size()) continue;
    bounds.push_back(i + 1);
    entries = 0;
  }
  return bounds;
}

// Pippenger's bucket method (Bernstein, Doumen, Lange, Oosterwijk 2012, section 4) with signed
// digits. The entries of a block of windows are sorted by bucket, and the buckets added up by
// batches of affine additions. Groups of buckets are the unit of parallel work.
template <class Params>
class Msm {
 public:
  using Affine = AffinePoint<Params>;
  using Point = JacobianPoint<Params>;

  Msm(std::span<const Affine> points, std::span<const field::Limbs> scalars,
      const field::Kernels& kernels, const std::stop_token& stop)
      : points_(points),
        scalars_(scalars, infinities_of(points)),
        adders_([&kernels] { return BucketAdder<Params>(kernels); }),
        stop_(stop) {}

  base::Result<Point> run() {
    const Windows& windows = scalars_.windows();
    const std::size_t block =
        std::clamp(kBlockEntries / (scalars_.term_count() + 1), std::size_t{1}, windows.count);
    by_weight_.assign(windows.count * windows.bits, Point::infinity());
    tbb::parallel_for(std::size_t{0}, (windows.count + block - 1) / block, [&](std::size_t i) {
      const std::size_t first = i * block;
      add_windows(first, std::min(block, windows.count - first));
    });
    if (stop_.stop_requested()) return Error{ErrorCode::cancelled, "msm: cancelled"};
    Point total = Point::infinity();
    for (std::size_t i = by_weight_.size(); i-- > 0;) total = total.doubled() + by_weight_[i];
    return total;
  }

 private:
  // Windows are worked on together until they have so many entries, for full batches.
  static constexpr std::size_t kBlockEntries = 32768;

  static std::vector<bool> infinities_of(std::span<const Affine> points) {
    std::vector<bool> infinities(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) infinities[i] = points[i].is_infinity();
    return infinities;
  }

  void add_windows(std::size_t first_window, std::size_t window_count) {
    if (stop_.stop_requested()) return;
    std::vector<std::uint32_t> start;
    base::SecretVector<Entry> entries;
    scalars_.sort(first_window, window_count, start, entries);
    const std::vector<Run> runs = runs_of(start);
    const std::vector<std::size_t> bounds = group_bounds_of(runs);
    std::vector<Affine> sums(runs.size());
    tbb::parallel_for(std::size_t{1}, bounds.size(), [&](std::size_t group) {
      if (stop_.stop_requested()) return;
      const std::size_t first = bounds[group - 1];
      const std::size_t count = bounds[group] - first;
      adders_.local().sum_runs(std::span(runs).subspan(first, count), entries.reveal(), points_,
                               std::span(sums).subspan(first, count));
    });
    if (stop_.stop_requested()) return;

    // Bucket number k of a window is for the digit k + 1.
    const std::size_t bits = scalars_.windows().bits;
    std::vector<Affine> by_bit;
    adders_.local().sum_by_bits(buckets_of(runs, sums, window_count), bits - 1, by_bit);
    for (std::size_t i = 0; i < window_count; ++i) {
      Point* const weight = &by_weight_[(first_window + i) * bits];
      for (std::size_t k = 0; k + 1 < bits; ++k) {
        weight[k] = Point::from_affine(by_bit[k * window_count + i]);
      }
      weight[0] = weight[0] + by_bit[(bits - 1) * window_count + i];
    }
  }

  // A bucket that was cut into several runs gets the sum of them.
  std::vector<Affine> buckets_of(std::span<const Run> runs, std::span<const Affine> sums,
                                 std::size_t window_count) const {
    std::vector<Affine> buckets(window_count * scalars_.windows().buckets());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      Affine& bucket = buckets[runs[i].bucket];
      bucket = bucket.is_infinity() ? sums[i] : (Point::from_affine(bucket) + sums[i]).to_affine();
    }
    return buckets;
  }

  std::span<const Affine> points_;
  MsmScalars scalars_;
  tbb::enumerable_thread_specific<BucketAdder<Params>> adders_;
  std::stop_token stop_;
  std::vector<Point> by_weight_;  // the result is the sum of 2^i * by_weight_[i]
};

template <class Params>
base::Result<JacobianPoint<Params>> sum(std::span<const AffinePoint<Params>> points,
                                        std::span<const field::Limbs> scalars,
                                        const field::Kernels& kernels,
                                        const std::stop_token& stop) {
  ZKP_ASSERT(points.size() == scalars.size());
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "msm: cancelled"};
  if (points.size() < kFewPoints) return sum_of_few<Params>(points, scalars);
  return Msm<Params>(points, scalars, kernels, stop).run();
}

}  // namespace

base::Result<G1> msm(std::span<const G1Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, std::stop_token stop) {
  return sum<G1Params>(points, scalars, kernels, stop);
}

base::Result<G2> msm(std::span<const G2Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, std::stop_token stop) {
  return sum<G2Params>(points, scalars, kernels, stop);
}

}  // namespace zkp::prover::curve
