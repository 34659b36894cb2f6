#pragma once

#include <cstddef>
#include <cstdint>

// Transforms for special CPUs. Like field/kernel_table.h, this pulls in no inline function of ours.
namespace zkp::prover::poly {

inline constexpr std::size_t kTransformLanes = 8;

// An element of Fr as it lies in memory.
struct ElementWords {
  std::uint64_t word[4];
};

// What a vector is multiplied by, in limbs of 52 bits: f * 2^(52 (i + 1)) modulo p for a number f.
struct Multiplier {
  std::uint64_t multiple[5][5];
};

// What each lane is multiplied by: numbers f below p, and floor(f * 2^260 / p) (Shoup's method).
// Takes less room than Multipliers would.
struct alignas(64) Twist {
  std::uint64_t number[5][kTransformLanes];
  std::uint64_t quotient[5][kTransformLanes];
};

// Sizes of a transform whose values are seen as a matrix, row after row, and the factors it takes.
// All powers of two; n = rows * columns and columns = coarse * fine. w_k is a root of order k, s
// one of order 2 n, and rev(p) is p with its bits reversed.
struct TransformPlan {
  std::size_t rows, columns;  // each from the number of lanes to 2^14
  std::size_t coarse, fine;
  const Multiplier* frequency;  // at p < k: w_(2k)^rev(p), for every power of two k (the same list)
  const Multiplier* time;       // at h + j, for j < h: w_(2h)^-j, for every power of two h
  const Multiplier* shift;      // at p < columns: s^(-rows * rev(p))
  // For each eight rows one after the other, lanes for rows; row p has the number k = rev(p):
  // w_n^(k * fine * i) for i < coarse, w_n^(k * i) for i < fine,
  // one, for row 0 minus one,
  // w_n^-(k * i) * -s^-k / n for i < fine, w_n^-(k * fine * i) for i < coarse.
  const Twist* twists;

  [[nodiscard]] std::size_t twists_of_eight_rows() const { return 2 * (coarse + fine) + 1; }
};

// Steps of a transform, on eight columns or eight rows of the values. Scratch has scratch_bytes()
// for that many rows or columns, aligned to 64. Between the steps values are below 2 p; the first
// step takes and the last one leaves them below p.
struct TransformKernel {
  // From elements, eight for each of `eights`.
  void (*make_multipliers)(const ElementWords* elements, std::size_t eights, Multiplier* out);
  void (*make_twists)(const ElementWords* elements, std::size_t eights, Twist* out);
  std::size_t (*scratch_bytes)(std::size_t length);
  // Columns from natural to bit-reversed order, and with the inverse roots back.
  void (*frequency_columns)(const TransformPlan& plan, ElementWords* values, std::size_t column,
                            void* scratch);
  void (*time_columns)(const TransformPlan& plan, ElementWords* values, std::size_t column,
                       void* scratch);
  // Rows after their columns, to the end; or to the coefficients, which are shifted to the coset,
  // and back again.
  void (*frequency_rows)(const TransformPlan& plan, ElementWords* values, std::size_t row,
                         void* scratch);
  void (*coset_rows)(const TransformPlan& plan, ElementWords* values, std::size_t row,
                     void* scratch);
  // out[i] = (a[i] * b[i] - c[i]) / 2^256: of elements, the standard form. `count` is a multiple of
  // the number of lanes.
  void (*multiply_subtract)(const ElementWords* a, const ElementWords* b, const ElementWords* c,
                            std::size_t count, ElementWords* out);
};

extern const TransformKernel kAvx512IfmaTransform;

}  // namespace zkp::prover::poly
