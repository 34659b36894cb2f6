#include "prover/curve/bucket_sums.h"

#include <algorithm>

namespace zkp::prover::curve {
namespace {

bool is_opposite(Entry entry) { return (entry & kOpposite) != 0; }

// Running sums, one bucket after the other.
template <class Params>
JacobianPoint<Params> weighted_sum_of_few(std::span<const AffinePoint<Params>> buckets) {
  auto running = JacobianPoint<Params>::infinity();
  auto total = running;
  for (std::size_t i = buckets.size(); i-- > 0;) {
    running = running + buckets[i];
    total = total + running;
  }
  return total;
}

}  // namespace

// Every pass adds the points of each run in pairs, so that no addition waits for another one of
// its pass; a run of n points is one point after ceil(log2(n)) passes.
template <class Params>
void BucketAdder<Params>::sum_runs(std::span<const Run> runs, std::span<const Entry> entries,
                                   std::span<const Affine> points, std::span<Affine> sums) {
  first_pass(runs, entries, points, sums);
  while (!unfinished_.empty()) next_pass(sums);
}

template <class Params>
void BucketAdder<Params>::first_pass(std::span<const Run> runs, std::span<const Entry> entries,
                                     std::span<const Affine> points, std::span<Affine> sums) {
  constexpr std::size_t kPrefetchAhead = 16;
  std::size_t room = 0;
  for (const Run& run : runs) room += (run.count + 1) / 2;
  if (buffer_.size() < room) {
    buffer_.resize(room);
    next_.resize(room);
  }
  unfinished_.clear();
  std::size_t to = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    const bool finished = run.count <= 2;
    if (!finished) unfinished_.push_back({std::uint32_t(i), (run.count + 1) / 2});
    const std::size_t end = std::size_t{run.first} + run.count;
    for (std::size_t k = run.first; k < end; k += 2) {
      if (k + 1 + kPrefetchAhead < entries.size()) {
        __builtin_prefetch(&points[entries[k + kPrefetchAhead] & ~kOpposite]);
        __builtin_prefetch(&points[entries[k + 1 + kPrefetchAhead] & ~kOpposite]);
      }
      Affine* const out = finished ? &sums[i] : &buffer_[to++];
      const Affine& point = points[entries[k] & ~kOpposite];
      if (k + 1 == end) {
        *out = is_opposite(entries[k]) ? -point : point;
      } else {
        adder_.add(out, point, points[entries[k + 1] & ~kOpposite],
                   static_cast<std::uint8_t>((is_opposite(entries[k]) ? kOppositeA : 0) |
                                             (is_opposite(entries[k + 1]) ? kOppositeB : 0)));
      }
    }
  }
  adder_.flush();
}

template <class Params>
void BucketAdder<Params>::next_pass(std::span<Affine> sums) {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t left = 0;
  for (const auto [run, count] : unfinished_) {
    const bool finished = count == 2;
    if (!finished) unfinished_[left++] = {run, (count + 1) / 2};
    for (const std::size_t end = from + count; from < end; from += 2) {
      Affine* const out = finished ? &sums[run] : &next_[to++];
      if (from + 1 == end) {
        *out = buffer_[from];
        ++from;
        break;
      }
      adder_.add(out, buffer_[from], buffer_[from + 1]);
    }
  }
  adder_.flush();
  std::swap(buffer_, next_);
  unfinished_.resize(left);
}

// The buckets are cut into lanes of `length`, whose running sums go on side by side. With S and T
// the plain and the weighted sum of each lane, the result is the sum of T plus length times the
// sum of S weighted by the lane's number.
template <class Params>
JacobianPoint<Params> BucketAdder<Params>::weighted_sum(std::span<const Affine> buckets) {
  constexpr std::size_t kLeastLength = 8;
  constexpr std::size_t kLeastLanes = 128;
  constexpr std::size_t kMostLanes = 256;
  const std::size_t lanes = std::min(buckets.size() / kLeastLength, kMostLanes);
  if (lanes < kLeastLanes) return weighted_sum_of_few<Params>(buckets);
  const std::size_t length = buckets.size() / lanes;
  std::vector<Affine> plain(lanes, Affine::infinity());
  std::vector<Affine> weighted(lanes, Affine::infinity());
  for (std::size_t step = length + 1; step-- > 0;) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      adder_.add(&weighted[lane], weighted[lane], plain[lane]);
      if (step > 0) adder_.add(&plain[lane], plain[lane], buckets[lane * length + step - 1]);
    }
    adder_.flush();
  }
  Point total = weighted_sum_of_few<Params>(std::span<const Affine>(plain).subspan(1));
  for (std::size_t i = 1; i < length; i *= 2) total = total.doubled();
  for (const Affine& sum : weighted) total = total + sum;
  return total;
}

template class BucketAdder<G1Params>;
template class BucketAdder<G2Params>;

}  // namespace zkp::prover::curve
