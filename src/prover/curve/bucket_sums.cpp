#include "prover/curve/bucket_sums.h"

#include <algorithm>

namespace zkp::prover::curve {

// Every pass adds the points of each bucket in pairs, so that no addition waits for another one of
// its pass; n pairs are one point after ceil(log2(n)) passes. An odd last point goes to its bucket
// by itself.
template <class Params>
void BucketAdder<Params>::add_entries(std::span<const std::uint32_t> start,
                                      std::span<const Entry> entries,
                                      std::span<const Affine> points, std::span<Affine> buckets) {
  add_pairs(start, entries, points);
  while (left_ > unfinished_.size()) add_pairs_of_buffer();
  for (std::size_t i = 0; i < unfinished_.size(); ++i) {
    Affine& bucket = buckets[unfinished_[i].bucket];
    adder_.add(&bucket, bucket, buffer_[i]);
  }
  adder_.flush();
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if ((start[i + 1] - start[i]) % 2 == 0) continue;
    const Entry entry = entries[start[i + 1] - 1];
    adder_.add(&buckets[i], buckets[i], points[entry & ~kOpposite],
               static_cast<std::uint8_t>((entry >> 31) * kOppositeB));
  }
  adder_.flush();
}

template <class Params>
void BucketAdder<Params>::add_pairs(std::span<const std::uint32_t> start,
                                    std::span<const Entry> entries,
                                    std::span<const Affine> points) {
  const std::size_t most = (start.back() - start.front()) / 2;
  if (buffer_.size() < most) {
    buffer_.resize(most);
    next_.resize(most);
  }
  unfinished_.resize(start.size() - 1);
  Unfinished* unfinished = unfinished_.data();
  Affine* out = buffer_.data();
  for (std::uint32_t bucket = 0; bucket + 1 < start.size(); ++bucket) {
    const std::uint32_t pairs = (start[bucket + 1] - start[bucket]) / 2;
    if (pairs == 0) continue;
    *unfinished++ = {bucket, pairs};
    const Entry* entry = &entries[start[bucket]];
    for (std::uint32_t i = pairs; i > 0; --i, entry += 2) {
      // The topmost bit of an entry is kOpposite.
      const auto opposite =
          static_cast<std::uint8_t>((entry[0] >> 31) * kOppositeA | (entry[1] >> 31) * kOppositeB);
      adder_.add(out++, points[entry[0] & ~kOpposite], points[entry[1] & ~kOpposite], opposite);
    }
  }
  adder_.flush();
  unfinished_.resize(static_cast<std::size_t>(unfinished - unfinished_.data()));
  left_ = static_cast<std::size_t>(out - buffer_.data());
}

template <class Params>
void BucketAdder<Params>::add_pairs_of_buffer() {
  const Affine* from = buffer_.data();
  Affine* out = next_.data();
  for (auto& [bucket, count] : unfinished_) {
    for (std::uint32_t i = count / 2; i > 0; --i, from += 2) adder_.add(out++, from[0], from[1]);
    if (count % 2 != 0) *out++ = *from++;
    count = (count + 1) / 2;
  }
  adder_.flush();
  left_ = static_cast<std::size_t>(out - next_.data());
  std::swap(buffer_, next_);
}

// In steps that halve the rows by adding neighbours, so that bit k is the lowest of the numbers in
// step k. The odd buckets of a step begin a tree of additions, which goes on beside later steps:
// all trees have as many points left.
template <class Params>
void BucketAdder<Params>::sum_by_bits(std::span<const Affine> buckets, std::size_t log,
                                      std::vector<Affine>& bits) {
  std::vector<Affine> held, halved, next_bits;
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
    std::swap(held, halved);
    std::swap(bits, next_bits);
    buckets = held;
  }
  bits.insert(bits.end(), buckets.begin(), buckets.end());
}

template class BucketAdder<G1Params>;
template class BucketAdder<G2Params>;

}  // namespace zkp::prover::curve
