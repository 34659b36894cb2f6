#include "prover/curve/msm.h"

#include <mutex>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "prover/curve/bucket_sums.h"

namespace zkp::prover::curve {
namespace {

using base::Error;
using base::ErrorCode;

// Entries that are added up together: large enough for full batches, and their points stay in a
// core's own cache.
constexpr std::size_t kGroupEntries = 16384;

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

// Entries that are added up by one thread: of neighbouring buckets, or some of a bucket with many.
struct Group {
  std::uint32_t first_bucket, bucket_count, first_entry, entry_count;
};
std::vector<Group> groups_of(std::span<const std::uint32_t> start) {
  constexpr auto kMost = static_cast<std::uint32_t>(kGroupEntries);
  std::vector<Group> groups;
  Group group{};
  const auto end_before = [&](std::uint32_t bucket) {
    if (group.entry_count > 0) groups.push_back(group);
    group = {bucket, 0, start[bucket], 0};
  };
  for (std::uint32_t bucket = 0; bucket + 1 < start.size(); ++bucket) {
    const std::uint32_t count = start[bucket + 1] - start[bucket];
    if (group.entry_count + count > kMost) end_before(bucket);
    if (count > kMost) {
      for (std::uint32_t first = 0; first < count; first += kMost) {
        groups.push_back({bucket, 1, start[bucket] + first, std::min(kMost, count - first)});
      }
      end_before(bucket + 1);
    } else {
      ++group.bucket_count;
      group.entry_count += count;
    }
  }
  if (group.entry_count > 0) groups.push_back(group);
  return groups;
}

// Pippenger's bucket method (Bernstein, Doumen, Lange, Oosterwijk 2012, section 4) with signed
// digits. The points are taken in chunks that stay in the cache, for they are read in the order of
// the buckets, once for each window. Groups of buckets are the unit of parallel work.
template <class Params>
class Msm {
 public:
  using Affine = AffinePoint<Params>;
  using Point = JacobianPoint<Params>;

  Msm(std::span<const Affine> points, std::span<const field::Limbs> scalars,
      const field::Kernels& kernels, const MsmOptions& options)
      : points_(points),
        scalars_(scalars, infinities_of(points), options.window_bits),
        adders_([&kernels] { return BucketAdder<Params>(kernels); }),
        stop_(options.stop),
        block_(std::clamp(kBlockEntries / (scalars_.term_count() + 1), std::size_t{1},
                          scalars_.windows().count)),
        buckets_(scalars_.windows().count * scalars_.windows().buckets()) {}

  base::Result<Point> run() {
    std::size_t term = 0;
    do {
      const std::size_t count = std::min(kChunkTerms, scalars_.term_count() - term);
      for_blocks([&](std::size_t block) { fill_buckets(block, term, count); });
      term += count;
    } while (term < scalars_.term_count());
    by_weight_.assign(scalars_.windows().count * scalars_.windows().bits, Point::infinity());
    for_blocks([&](std::size_t block) { sum_buckets(block); });
    if (stop_.stop_requested()) return Error{ErrorCode::cancelled, "msm: cancelled"};
    Point total = Point::infinity();
    for (std::size_t i = by_weight_.size(); i-- > 0;) total = total.doubled() + by_weight_[i];
    return total;
  }

 private:
  // Blocks of windows are worked on together until they have so many entries, for full batches.
  static constexpr std::size_t kBlockEntries = 32768;
  static constexpr std::size_t kChunkTerms = (std::size_t{8} << 20) / sizeof(Affine);

  static std::vector<bool> infinities_of(std::span<const Affine> points) {
    std::vector<bool> infinities(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) infinities[i] = points[i].is_infinity();
    return infinities;
  }

  template <class Work>
  void for_blocks(const Work& work) {
    const std::size_t count = (scalars_.windows().count + block_ - 1) / block_;
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t block) {
      if (!stop_.stop_requested()) work(block);
    });
  }
  [[nodiscard]] std::size_t windows_of_block(std::size_t block) const {
    return std::min(block_, scalars_.windows().count - block * block_);
  }

  [[nodiscard]] std::span<Affine> buckets_of_block(std::size_t block) {
    const std::size_t buckets = scalars_.windows().buckets();
    return std::span(buckets_).subspan(block * block_ * buckets, windows_of_block(block) * buckets);
  }

  // Adds the terms to the buckets of the block's windows.
  void fill_buckets(std::size_t block, std::size_t first_term, std::size_t term_count) {
    const std::size_t window_count = windows_of_block(block);
    SortedEntries& sorted = sorted_.local();
    scalars_.sort({block * block_, window_count, first_term, term_count}, sorted);
    const std::vector<Group> groups = groups_of(sorted.start);
    // Isolated, for another block's work would overwrite `sorted`.
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(std::size_t{0}, groups.size(), [&](std::size_t i) {
        if (!stop_.stop_requested()) add_group(groups[i], sorted, buckets_of_block(block));
      });
    });
  }

  void add_group(const Group& group, const SortedEntries& sorted, std::span<Affine> buckets) {
    BucketAdder<Params>& adder = adders_.local();
    if (group.bucket_count != 1) {
      adder.add_entries(std::span(sorted.start).subspan(group.first_bucket, group.bucket_count + 1),
                        sorted.entries.reveal(), points_,
                        buckets.subspan(group.first_bucket, group.bucket_count));
      return;
    }
    // Others may add to this bucket.
    const std::uint32_t start[] = {group.first_entry, group.first_entry + group.entry_count};
    Affine sum;
    adder.add_entries(start, sorted.entries.reveal(), points_, {&sum, 1});
    const std::scoped_lock lock(shared_bucket_);
    Affine& bucket = buckets[group.first_bucket];
    bucket = (Point::from_affine(bucket) + sum).to_affine();
  }

  // Bucket number k of a window is for the digit k + 1.
  void sum_buckets(std::size_t block) {
    const std::size_t bits = scalars_.windows().bits;
    const std::size_t window_count = windows_of_block(block);
    std::vector<Affine> by_bit;
    adders_.local().sum_by_bits(buckets_of_block(block), bits - 1, by_bit);
    for (std::size_t i = 0; i < window_count; ++i) {
      Point* const weight = &by_weight_[(block * block_ + i) * bits];
      for (std::size_t k = 0; k + 1 < bits; ++k) {
        weight[k] = Point::from_affine(by_bit[k * window_count + i]);
      }
      weight[0] = weight[0] + by_bit[(bits - 1) * window_count + i];
    }
  }

  std::span<const Affine> points_;
  MsmScalars scalars_;
  tbb::enumerable_thread_specific<BucketAdder<Params>> adders_;
  tbb::enumerable_thread_specific<SortedEntries> sorted_;
  std::mutex shared_bucket_;
  std::stop_token stop_;
  std::size_t block_;  // windows of a block
  std::vector<Affine> buckets_;
  std::vector<Point> by_weight_;  // the result is the sum of 2^i * by_weight_[i]
};

template <class Params>
base::Result<JacobianPoint<Params>> sum(std::span<const AffinePoint<Params>> points,
                                        std::span<const field::Limbs> scalars,
                                        const field::Kernels& kernels, const MsmOptions& options) {
  ZKP_ASSERT(points.size() == scalars.size());
  if (options.stop.stop_requested()) return Error{ErrorCode::cancelled, "msm: cancelled"};
  if (points.size() < kFewPoints) return sum_of_few<Params>(points, scalars);
  return Msm<Params>(points, scalars, kernels, options).run();
}

}  // namespace

base::Result<G1> msm(std::span<const G1Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, const MsmOptions& options) {
  return sum<G1Params>(points, scalars, kernels, options);
}

base::Result<G2> msm(std::span<const G2Affine> points, std::span<const field::Limbs> scalars,
                     const field::Kernels& kernels, const MsmOptions& options) {
  return sum<G2Params>(points, scalars, kernels, options);
}

MsmPlan plan_msm(std::span<const field::Limbs> scalars, std::size_t window_bits) {
  const MsmScalars planned(scalars, std::vector<bool>(scalars.size()), window_bits);
  return {planned.windows().bits, planned.cost().additions, planned.cost().total};
}

template <class Params>
std::uint64_t msm_memory_bytes(std::size_t point_count) {
  const Windows windows = MsmScalars::windows_for(point_count);
  return point_count * (sizeof(field::Limbs) + sizeof(Entry)) +
         windows.count * windows.buckets() * sizeof(AffinePoint<Params>);
}
template std::uint64_t msm_memory_bytes<G1Params>(std::size_t);
template std::uint64_t msm_memory_bytes<G2Params>(std::size_t);

}  // namespace zkp::prover::curve
