#include "prover/curve/bucket_sums.h"

#include <algorithm>

namespace zkp::prover::curve {
namespace {

bool is_opposite(Entry entry) { return (entry & kOpposite) != 0; }

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

// In steps that halve the rows by adding neighbours, so that bit k is the lowest of the numbers in
// step k. The odd buckets of a step begin a tree of additions, which goes on beside later steps:
// all trees have as many points left.
template <class Params>
void BucketAdder<Params>::sum_by_bits(std::vector<Affine> buckets, std::size_t log,
                                      std::vector<Affine>& bits) {
  std::vector<Affine> halved, next_bits;
  bits.clear();
  for (std::size_t k = 0; k < log; ++k) {
    const bool one_left = k + 1 == log;  // of each tree
    const std::size_t odd_count = one_left ? buckets.size() / 2 : buckets.size() / 4;
    const std::size_t old_count = one_left || k == 0 ? bits.size() : bits.size() / 2;
    halved.resize(buckets.size() / 2);
    next_bits.resize(old_count + odd_count);
    for (std::size_t i = 0; i < halved.size(); ++i) {
      adder_.add(&halved[i], buckets[2 * i], buckets[2 * i + 1]);
    }
    if (one_left) {
      std::ranges::copy(bits, next_bits.begin());
      for (std::size_t i = 0; i < odd_count; ++i) next_bits[old_count + i] = buckets[2 * i + 1];
    } else {
      for (std::size_t i = 0; i < old_count; ++i) {
        adder_.add(&next_bits[i], bits[2 * i], bits[2 * i + 1]);
      }
      for (std::size_t i = 0; i < odd_count; ++i) {
        adder_.add(&next_bits[old_count + i], buckets[4 * i + 1], buckets[4 * i + 3]);
      }
    }
    adder_.flush();
    std::swap(buckets, halved);
    std::swap(bits, next_bits);
  }
  bits.insert(bits.end(), buckets.begin(), buckets.end());
}

template class BucketAdder<G1Params>;
template class BucketAdder<G2Params>;

}  // namespace zkp::prover::curve
