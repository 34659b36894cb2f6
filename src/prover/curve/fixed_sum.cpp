#include "prover/curve/fixed_sum.h"

#include "prover/curve/msm.h"

namespace zkp::prover::curve {
namespace {

// A scalar's bits stand in a rectangle: bit t * kColumns + j in row t, column j. A point's table
// has the sum of 2^(t * kColumns) * point over the rows t of each set of rows but the empty one.
constexpr std::size_t kRows = 6, kColumns = 43;
static_assert(kRows * kColumns >= 254);
constexpr std::size_t kSets = std::size_t{1} << kRows;
constexpr std::size_t kMostPoints = 64;

std::size_t rows_of_column(const field::Limbs& scalar, std::size_t column) {
  std::size_t rows = 0;
  for (std::size_t t = 0; t < kRows; ++t) {
    const std::size_t bit = t * kColumns + column;
    if (bit < 256 && field::bit_of(scalar, bit)) rows |= std::size_t{1} << t;
  }
  return rows;
}

}  // namespace

FixedSum::FixedSum(std::span<const G1Affine> points) : points_(points.begin(), points.end()) {
  if (points.size() > kMostPoints) return;
  std::vector<G1> sums;
  for (const G1Affine& point : points) {
    const std::size_t first = sums.size();
    sums.resize(first + kSets, G1::infinity());
    G1 multiple = G1::from_affine(point);
    for (std::size_t t = 0; t < kRows; ++t) {
      const std::size_t row = std::size_t{1} << t;
      for (std::size_t set = 0; set < row; ++set) {
        sums[first + row + set] = sums[first + set] + multiple;
      }
      for (std::size_t i = 0; i < kColumns; ++i) multiple = multiple.doubled();
    }
  }
  tables_ = to_affine_batch<G1Params>(sums);
}

G1 FixedSum::operator()(std::span<const Fr> scalars) const {
  ZKP_ASSERT(scalars.size() == points_.size());
  std::vector<field::Limbs> bits;
  bits.reserve(scalars.size());
  for (const Fr& scalar : scalars) bits.push_back(scalar.to_standard());
  if (tables_.empty()) return *msm(points_, bits, field::portable_kernels());
  G1 sum = G1::infinity();
  for (std::size_t column = kColumns; column-- > 0;) {
    sum = sum.doubled();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      sum = sum +
            tables_[i * kSets + rows_of_column(bits[i], column)];  // the empty set's is infinity
    }
  }
  return sum;
}

}  // namespace zkp::prover::curve
