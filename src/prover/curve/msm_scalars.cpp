#include "prover/curve/msm_scalars.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "prover/field/field.h"

namespace zkp::prover::curve {
namespace {

using field::Fr;
using field::Limbs;

Limbs minus(const Limbs& a, const Limbs& b) {
  Limbs difference{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) difference[i] = field::subtract_borrow(a[i], b[i], borrow);
  return difference;
}

std::size_t bits_of(const Limbs& value) {
  for (std::size_t i = 4; i-- > 0;) {
    if (value[i] != 0) return 64 * i + static_cast<std::size_t>(std::bit_width(value[i]));
  }
  return 0;
}

// An addition for each digit other than zero and two for each bucket. Beside them, for each window:
// its last batches, which are not full, and the sorting of its digits.
MsmCost cost_of(const Windows& windows, std::size_t terms, std::size_t total_bits) {
  constexpr double kWindowCost = 1000;
  constexpr double kSortCost = 0.05;
  const double digits = double(total_bits) / double(windows.bits) + double(terms) / 2;
  const double additions =
      digits + 2 * double(windows.count) * static_cast<double>(windows.buckets());
  return {additions, additions + double(windows.count) * (kWindowCost + kSortCost * double(terms))};
}

Windows cheapest_windows(std::size_t most_bits, std::size_t terms, std::size_t total_bits) {
  Windows cheapest = windows_of(2, most_bits);
  for (std::size_t bits = 3; bits <= kMostWindowBits; ++bits) {
    const Windows windows = windows_of(bits, most_bits);
    if (cost_of(windows, terms, total_bits).total < cost_of(cheapest, terms, total_bits).total) {
      cheapest = windows;
    }
  }
  return cheapest;
}

}  // namespace

Windows windows_of(std::size_t bits, std::size_t scalar_bits) {
  return {bits, (scalar_bits + bits) / bits};
}

Limbs recode(const Limbs& magnitude, const Windows& windows) {
  Limbs offset{};
  for (std::size_t i = 1; i < windows.count; ++i) {
    const std::size_t position = i * windows.bits - 1;
    offset[position / 64] |= std::uint64_t{1} << (position % 64);
  }
  Limbs sum{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) sum[i] = field::add_carry(magnitude[i], offset[i], carry);
  return sum;
}

SignedScalar signed_of(const Limbs& scalar) {
  ZKP_ASSERT(field::less_than(scalar, Fr::kModulus));
  const Limbs opposite = minus(Fr::kModulus, scalar);
  const bool negative = field::less_than(opposite, scalar);
  const Limbs& magnitude = negative ? opposite : scalar;
  return {magnitude, bits_of(magnitude), negative};
}

MsmScalars::MsmScalars(std::span<const Limbs> scalars, const std::vector<bool>& skip,
                       std::size_t window_bits) {
  ZKP_ASSERT(scalars.size() < kOpposite);
  std::size_t terms = 0;
  std::size_t units = 0;
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    if (skip[i]) continue;
    const std::size_t bits = signed_of(scalars[i]).bits;
    if (bits == 1) ++units;
    if (bits <= 1) continue;
    ++terms;
    total_bits_ += bits;
    most_bits_ = std::max(most_bits_, bits);
  }
  recoded_ = base::SecretVector<Limbs>(terms);
  terms_ = base::SecretVector<Entry>(terms);
  units_ = base::SecretVector<Entry>(units);
  choose_windows(window_bits);
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    if (skip[i]) continue;
    const SignedScalar scalar = signed_of(scalars[i]);
    const Entry entry = static_cast<Entry>(i) | (scalar.negative ? kOpposite : 0);
    if (scalar.bits == 1) units_.reveal_mutable()[--units] = entry;
    if (scalar.bits <= 1) continue;
    --terms;
    terms_.reveal_mutable()[terms] = entry;
    recoded_.reveal_mutable()[terms] = recode(scalar.magnitude, windows_);
  }
}

void MsmScalars::choose_windows(std::size_t window_bits) {
  ZKP_ASSERT(window_bits == 0 || (window_bits >= 2 && window_bits <= kMostWindowBits));
  windows_ = window_bits == 0 ? cheapest_windows(most_bits_, terms_.size(), total_bits_)
                              : windows_of(window_bits, most_bits_);
  cost_ = cost_of(windows_, terms_.size(), total_bits_);
}

Windows MsmScalars::windows_for(std::size_t count) {
  return cheapest_windows(kMostScalarBits, count, count * kMostScalarBits);
}

// Counts, adds up, and fills every bucket from its end.
void MsmScalars::sort(const Part& part, SortedEntries& sorted) const {
  const std::span<const Limbs> recoded =
      recoded_.reveal().subspan(part.first_term, part.term_count);
  const std::span<const Entry> terms = terms_.reveal().subspan(part.first_term, part.term_count);
  const bool with_units = part.first_window == 0 && part.first_term == 0;
  const std::span<const Entry> units = with_units ? units_.reveal() : std::span<const Entry>{};
  const std::size_t buckets = windows_.buckets();
  const std::size_t digit_count = part.window_count * part.term_count;
  if (sorted.digits.size() < digit_count) {
    sorted.digits = base::SecretVector<std::int32_t>(digit_count);
  }
  if (sorted.entries.size() < digit_count + units.size()) {
    sorted.entries = base::SecretVector<Entry>(digit_count + units.size());
  }
  std::vector<std::uint32_t>& start = sorted.start;
  start.assign(part.window_count * buckets + 1, 0);
  std::int32_t* digit = sorted.digits.reveal_mutable().data();
  for (std::size_t i = 0; i < part.window_count; ++i) {
    for (const Limbs& scalar : recoded) {
      *digit = digit_of(scalar, windows_, part.first_window + i);
      if (*digit != 0) ++start[i * buckets + static_cast<std::size_t>(std::abs(*digit)) - 1];
      ++digit;
    }
  }
  start[0] += static_cast<std::uint32_t>(units.size());
  std::partial_sum(start.begin(), start.end(), start.begin());
  const std::span<Entry> entries = sorted.entries.reveal_mutable();
  digit = sorted.digits.reveal_mutable().data();
  for (std::size_t i = 0; i < part.window_count; ++i) {
    for (const Entry term : terms) {
      const std::int32_t value = *digit++;
      if (value == 0) continue;
      const std::size_t bucket = i * buckets + static_cast<std::size_t>(std::abs(value)) - 1;
      entries[--start[bucket]] = term ^ (static_cast<Entry>(value) & kOpposite);
    }
  }
  for (const Entry unit : units) entries[--start[0]] = unit;
}

}  // namespace zkp::prover::curve
