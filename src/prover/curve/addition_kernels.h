#pragma once

#include <cstddef>
#include <cstdint>

// Batches of additions for special CPUs. Like field/kernel_table.h, this pulls in no inline
// function of ours.
namespace zkp::prover::curve {

// Affine points as they lie in memory: x and y, each of 4 words (G1) or 8 (G2), in the form of
// field.h; all zeros for infinity.
template <std::size_t Words>
struct PointWords {
  std::uint64_t word[2 * Words];
};

// *out[i] = (+-) *a[i] + (+-) *b[i], for points of the curve with reduced coordinates; exact for
// equal, opposite and infinite points too. All points are read before the first is written.
template <class Point>
struct Additions {
  const Point* const* a;
  const Point* const* b;
  Point* const* out;
  const std::uint8_t* opposite;  // bit 0: -a, bit 1: -b
  std::size_t count;
};
inline constexpr std::uint8_t kOppositeA = 1;
inline constexpr std::uint8_t kOppositeB = 2;

// What adds a batch. The points of the `next` batch, which may be empty, are fetched into the cache
// meanwhile. `scratch` has scratch_bytes(count), aligned to 64. invert() replaces an element of Fq
// other than zero by its inverse.
template <std::size_t Words>
struct AdditionKernel {
  std::size_t (*scratch_bytes)(std::size_t count);
  void (*add)(const Additions<PointWords<Words>>& batch, const Additions<PointWords<Words>>& next,
              void* scratch, void (*invert)(std::uint64_t* element));
};

extern const AdditionKernel<4> kAvx512IfmaG1Addition;
extern const AdditionKernel<8> kAvx512IfmaG2Addition;

}  // namespace zkp::prover::curve
