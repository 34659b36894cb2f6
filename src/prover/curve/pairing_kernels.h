#pragma once

#include "prover/curve/addition_kernels.h"
#include "prover/field/kernel_table.h"

// Miller loops and multiples of points in the lanes of vectors. Like addition_kernels.h, this pulls
// in no inline function of ours. Coordinates are in the form of field.h, reduced.
namespace zkp::prover::curve {

inline constexpr std::size_t kPairingLanes = 8;

// A pair on its way through the Miller loop.
struct LanePair {
  PointWords<4> g1;                // all zeros contributes 1
  PointWords<8> addends[4];        // by Addend, of miller_steps.h
  std::uint64_t x[8], y[8], z[8];  // out: the multiple at the end of the loop
};

// Coefficients as they lie in the memory of Fq12.
struct Fq12Words {
  std::uint64_t coefficient[6][8];
};

// (first + second lambda) point; see short_scalar.h.
struct LaneMultiple {
  PointWords<4> point;  // not infinity
  std::uint64_t first, second;
  std::uint64_t x[4], y[4], z[4];  // out: in Jacobian coordinates
};

struct PairingKernel {
  // values[i] = the product of the pairs i, kPairingLanes + i and so on; see run_miller_loop().
  // three_b is of G2. REQUIRES: kPairingLanes divides the count, which is at most kMostPairs.
  void (*miller_loop)(const signed char* digits, std::size_t digit_count,
                      const std::uint64_t* three_b, LanePair* pairs, std::size_t count,
                      Fq12Words* values);
  // As many as there are lanes. beta is the endomorphism's.
  void (*multiply)(const std::uint64_t* beta, LaneMultiple* multiples);
};
inline constexpr std::size_t kMostPairs = 128;

extern const PairingKernel kAvx512IfmaPairing;

// The one that goes with these kernels, or nullptr.
const PairingKernel* pairing_kernel(const field::Kernels& kernels);

}  // namespace zkp::prover::curve
