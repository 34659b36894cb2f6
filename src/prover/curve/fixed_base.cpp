#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "prover/curve/affine_adder.h"
#include "prover/curve/msm.h"
#include "prover/curve/msm_scalars.h"

namespace zkp::prover::curve {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kChunk = 1024;  // scalars that are worked on together

// The windows for which the table and the multiplications together take the fewest additions.
Windows windows_for(std::size_t scalars) {
  constexpr std::size_t kMostBits = 13;  // a table of 4096 points a window
  Windows best = windows_of(2, kMostScalarBits);
  const auto additions = [scalars](const Windows& windows) {
    return windows.count * (scalars + windows.buckets());
  };
  for (std::size_t bits = 3; bits <= kMostBits; ++bits) {
    const Windows windows = windows_of(bits, kMostScalarBits);
    if (additions(windows) < additions(best)) best = windows;
  }
  return best;
}

// table[w * buckets + d - 1] = d * 2^(w * bits) * base, for d = 1 to the number of buckets.
template <class Params>
std::vector<AffinePoint<Params>> multiples_of(const AffinePoint<Params>& base,
                                              const Windows& windows, AffineAdder<Params>& adder) {
  using Point = JacobianPoint<Params>;
  std::vector<Point> units = {Point::from_affine(base)};
  while (units.size() < windows.count) {
    Point unit = units.back();
    for (std::size_t i = 0; i < windows.bits; ++i) unit = unit.doubled();
    units.push_back(unit);
  }
  const std::vector<AffinePoint<Params>> affine = to_affine_batch<Params>(units);
  const std::size_t buckets = windows.buckets();
  std::vector<AffinePoint<Params>> table(windows.count * buckets);
  for (std::size_t i = 0; i < windows.count; ++i) table[i * buckets] = affine[i];
  for (std::size_t known = 1; known < buckets; known *= 2) {
    for (std::size_t window = 0; window < windows.count; ++window) {
      AffinePoint<Params>* const row = &table[window * buckets];
      for (std::size_t i = 0; i < known; ++i) {
        adder.add(&row[known + i], row[known - 1], row[i]);
      }
    }
    adder.flush();
  }
  return table;
}

// out[i] = scalars[i] * base. `scalars` has at most kChunk elements.
template <class Params>
void multiply_chunk(std::span<const AffinePoint<Params>> table, const Windows& windows,
                    std::span<const Fr> scalars, std::span<AffinePoint<Params>> out,
                    AffineAdder<Params>& adder) {
  base::SecretVector<field::Limbs> recoded(scalars.size());
  base::SecretVector<std::uint8_t> negative(scalars.size());
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const SignedScalar scalar = signed_of(scalars[i].to_standard());
    recoded.reveal_mutable()[i] = recode(scalar.magnitude, windows);
    negative.reveal_mutable()[i] = scalar.negative ? 1 : 0;
  }
  std::ranges::fill(out, AffinePoint<Params>::infinity());
  for (std::size_t window = 0; window < windows.count; ++window) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::int32_t digit = digit_of(recoded.reveal()[i], windows, window);
      if (digit == 0) continue;
      const std::size_t row = window * windows.buckets();
      const AffinePoint<Params>& multiple = table[row + std::size_t(std::abs(digit)) - 1];
      const bool opposite = (digit < 0) != (negative.reveal()[i] != 0);
      adder.add(&out[i], out[i], multiple, opposite ? kOppositeB : 0);
    }
    adder.flush();
  }
}

template <class Params>
base::Result<std::vector<AffinePoint<Params>>> multiply(const AffinePoint<Params>& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels& kernels,
                                                        const std::stop_token& stop) {
  tbb::enumerable_thread_specific<AffineAdder<Params>> adders(
      [&kernels] { return AffineAdder<Params>(kernels); });
  const Windows windows = windows_for(scalars.size());
  const std::vector<AffinePoint<Params>> table = multiples_of(base, windows, adders.local());
  std::vector<AffinePoint<Params>> out(scalars.size());
  const std::size_t chunks = (scalars.size() + kChunk - 1) / kChunk;
  tbb::parallel_for(std::size_t{0}, chunks, [&](std::size_t chunk) {
    if (stop.stop_requested()) return;
    const std::size_t first = chunk * kChunk;
    const std::size_t count = std::min(kChunk, scalars.size() - first);
    multiply_chunk<Params>(table, windows, scalars.subspan(first, count),
                           std::span(out).subspan(first, count), adders.local());
  });
  if (stop.stop_requested()) {
    return Error{ErrorCode::cancelled, "fixed-base multiplication: cancelled"};
  }
  return out;
}

}  // namespace

base::Result<std::vector<G1Affine>> multiply_fixed_base(const G1Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels& kernels,
                                                        std::stop_token stop) {
  return multiply<G1Params>(base, scalars, kernels, stop);
}

base::Result<std::vector<G2Affine>> multiply_fixed_base(const G2Affine& base,
                                                        std::span<const Fr> scalars,
                                                        const field::Kernels& kernels,
                                                        std::stop_token stop) {
  return multiply<G2Params>(base, scalars, kernels, stop);
}

}  // namespace zkp::prover::curve
