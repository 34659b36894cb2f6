#pragma once

#include <span>
#include <vector>

#include "base/secret.h"
#include "prover/field/limbs.h"

// Scalars cut into windows of signed digits.
namespace zkp::prover::curve {

// A digit other than zero takes its point, or the opposite one, into the bucket |digit|. Bits 0 to
// 30: the point's index; bit 31: the opposite one.
using Entry = std::uint32_t;
inline constexpr Entry kOpposite = 0x8000'0000;

// How wide the windows are and how many. Window i holds the digits of weight 2^(i * bits), from
// -2^(bits-1) to 2^(bits-1).
struct Windows {
  std::size_t bits = 0, count = 0;
  [[nodiscard]] std::size_t buckets() const { return std::size_t{1} << (bits - 1); }
};

// The fewest windows for magnitudes below 2^scalar_bits.
Windows windows_of(std::size_t bits, std::size_t scalar_bits);

// magnitude + 2^(bits-1) in every window but the last, from which digit_of() reads signed digits
// without a carry between windows. REQUIRES: magnitude < 2^(bits * count - 1).
field::Limbs recode(const field::Limbs& magnitude, const Windows& windows);

// The digit of one window of a recoded scalar.
inline std::int32_t digit_of(const field::Limbs& recoded, const Windows& windows,
                             std::size_t window) {
  const std::size_t position = window * windows.bits;
  const std::size_t limb = position / 64;
  const std::size_t shift = position % 64;
  std::uint64_t value = recoded[limb] >> shift;
  if (shift + windows.bits > 64 && limb + 1 < recoded.size()) {
    value |= recoded[limb + 1] << (64 - shift);
  }
  const auto digit =
      static_cast<std::int32_t>(value & ((std::uint64_t{2} << (windows.bits - 1)) - 1));
  return window + 1 == windows.count ? digit : digit - (std::int32_t{1} << (windows.bits - 1));
}

// |scalar|, its number of bits, and whether it is to be taken from -(r - 1) / 2 .. 0: r - 1 is -1
// here. REQUIRES: scalar < r.
struct SignedScalar {
  field::Limbs magnitude;
  std::size_t bits;
  bool negative;
};
SignedScalar signed_of(const field::Limbs& scalar);

// Entries sorted by bucket, and room to sort in that is used again. Buckets are numbered through:
// bucket b (from 1) of the i-th window of a part has the number i * buckets() + b - 1; its entries
// stand from start[number] to start[number + 1].
struct SortedEntries {
  std::vector<std::uint32_t> start;
  base::SecretVector<Entry> entries;
  base::SecretVector<std::int32_t> digits;
};

inline constexpr std::size_t kMostWindowBits = 20;
inline constexpr std::size_t kMostScalarBits = 253;  // of signed_of()

// How long a sum takes, by the model that the width of its windows is chosen by.
struct MsmCost {
  double additions = 0;  // of points to buckets, and of buckets
  double total = 0;      // with what comes beside them, in additions
};

// The scalars of a sum, without those that contribute nothing. Wiped on release: they may be a
// witness.
class MsmScalars {
 public:
  // Leaves out scalars that are 0 and those whose place in `skip` is true. window_bits: how wide
  // the windows are, from 2 to kMostWindowBits; 0 for what costs least.
  MsmScalars(std::span<const field::Limbs> scalars, const std::vector<bool>& skip,
             std::size_t window_bits = 0);

  // The windows that cost least for so many scalars of full size.
  static Windows windows_for(std::size_t count);

  [[nodiscard]] const Windows& windows() const { return windows_; }
  [[nodiscard]] MsmCost cost() const { return cost_; }
  // Scalars other than 0, 1 and -1; sort() takes them in chunks.
  [[nodiscard]] std::size_t term_count() const { return terms_.size(); }
  // Some terms in some neighbouring windows. The scalars 1 and -1 go with the first terms in window
  // 0.
  struct Part {
    std::size_t first_window, window_count, first_term, term_count;
  };
  void sort(const Part& part, SortedEntries& sorted) const;

 private:
  void choose_windows(std::size_t window_bits);

  base::SecretVector<field::Limbs> recoded_;  // of the scalars other than 1 and -1
  base::SecretVector<Entry> terms_;           // one for each of them
  base::SecretVector<Entry> units_;           // of scalars 1 and -1, which only window 0 has
  std::size_t most_bits_ = 1, total_bits_ = 0;
  Windows windows_;
  MsmCost cost_;
};

}  // namespace zkp::prover::curve
