#include "prover/circuit/matrix.h"

#include <utility>

namespace zkp::prover::circuit {

Fr dot(std::span<const Fr> a, std::span<const Fr> b) {
  ZKP_ASSERT(a.size() == b.size());
  Fr sum;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Matrix inverse(Matrix a) {
  const std::size_t n = a.size;
  Matrix result(n);
  for (std::size_t i = 0; i < n; ++i) result.at(i, i) = Fr::one();
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    while (pivot < n && a.at(pivot, column).is_zero()) ++pivot;
    ZKP_ASSERT(pivot < n);
    for (std::size_t j = 0; j < n && pivot != column; ++j) {
      std::swap(a.at(pivot, j), a.at(column, j));
      std::swap(result.at(pivot, j), result.at(column, j));
    }
    const Fr scale = a.at(column, column).inverse();
    for (std::size_t j = 0; j < n; ++j) {
      a.at(column, j) *= scale;
      result.at(column, j) *= scale;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i == column) continue;
      const Fr factor = a.at(i, column);
      for (std::size_t j = 0; j < n; ++j) {
        a.at(i, j) -= factor * a.at(column, j);
        result.at(i, j) -= factor * result.at(column, j);
      }
    }
  }
  return result;
}

}  // namespace zkp::prover::circuit
