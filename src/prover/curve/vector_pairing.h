#pragma once

#include <cstddef>
#include <cstdint>

// What pairings take, in vectors: for eight of them at once, one in each lane, or for a single one.
// Knows no type
// with functions, so that a file which is compiled for a special CPU pulls in no inline function
// of ours: the linker would be free to use that copy everywhere.
namespace zkp::prover::curve {

// The memory of Fq, Fq2, Fq12 and of points.
struct RawFq {
  std::uint64_t limb[4];
};
struct RawFq2 {
  RawFq c0, c1;
};
struct RawFq12 {
  RawFq2 c[6];
};
struct RawLine {
  RawFq2 constant, slope, offset;
};
struct RawG1Affine {
  RawFq x, y;
};
struct RawG1 {
  RawFq x, y, z;
};
struct RawG2Affine {
  RawFq2 x, y;
};

inline constexpr std::size_t kLanes = 8;
inline constexpr std::size_t kMostPairs = 128, kMostTerms = 128;  // in one call

// One pair on its way through the Miller loop.
struct VectorPair {
  RawG1Affine g1;          // (0, 0) contributes 1
  RawG2Affine addends[4];  // by Addend
  RawFq2 x, y, z;          // out: the multiple at the end of the loop
};

// The multiple first + second lambda of a point; see short_scalar.h.
struct VectorTerm {
  RawG1Affine point;
  std::uint64_t first, second;
};

struct VectorPairing {
  // In these two lane i of kLanes has the entries i, kLanes + i, 2 kLanes + i and so on.
  // REQUIRES: kLanes divides the count.
  //
  // values[i] = the product of the pairs of lane i; see run_miller_loop(). three_b is of G2.
  void (*miller_loop)(const signed char* digits, int digit_count, const RawFq2* three_b,
                      VectorPair* pairs, std::size_t count, RawFq12* values);
  // sums[i] = 2^64 * start + the sum over the terms of lane i; z = 0 if two points that were added
  // happened to be equal or opposite. beta is the endomorphism's.
  void (*short_multiples)(const RawG1Affine* start, const RawFq* beta, const VectorTerm* terms,
                          std::size_t count, RawG1* sums);

  // The loop's value, given the lines at every step of `width` pairs one after the other; see
  // run_miller_loop().
  void (*product_of_lines)(const signed char* digits, int digit_count, const RawLine* lines,
                           std::size_t width, RawFq12* value);
  // value = value to the hard part; see hard_part.h. The factors are those of the q-power map.
  void (*power_of_hard_part)(const signed char* digits, int digit_count,
                             const RawFq2* frobenius_factors, RawFq12* value);
};

void ifma_product_of_lines(const signed char* digits, int digit_count, const RawLine* lines,
                           std::size_t width, RawFq12* value);
void ifma_power_of_hard_part(const signed char* digits, int digit_count,
                             const RawFq2* frobenius_factors, RawFq12* value);

// The one that this CPU can run, or nullptr.
const VectorPairing* vector_pairing();

extern const VectorPairing kIfmaPairing;  // x86-64 with AVX-512 F and IFMA

}  // namespace zkp::prover::curve
