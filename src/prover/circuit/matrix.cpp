#include "prover/circuit/matrix.h"

#include <utility>

namespace zkp::prover::circuit {

Matrix Matrix::identity(std::size_t n) {
  Matrix result(n);
  for (std::size_t i = 0; i < n; ++i) result.at(i, i) = Fr::one();
  return result;
}

Fr dot(std::span<const Fr> a, std::span<const Fr> b) {
  ZKP_ASSERT(a.size() == b.size());
  Fr sum;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  ZKP_ASSERT(a.size == b.size);
  Matrix result(a.size);
  for (std::size_t i = 0; i < a.size; ++i) {
    for (std::size_t j = 0; j < a.size; ++j) {
      for (std::size_t k = 0; k < a.size; ++k) result.at(i, k) += a.at(i, j) * b.at(j, k);
    }
  }
  return result;
}

Vector operator*(const Matrix& a, const Vector& column) {
  Vector result(a.size);
  for (std::size_t i = 0; i < a.size; ++i) {
    result[i] = dot(std::span(a.entries).subspan(i * a.size, a.size), column);
  }
  return result;
}

Vector operator*(const Vector& row, const Matrix& a) {
  ZKP_ASSERT(row.size() == a.size);
  Vector result(a.size);
  for (std::size_t i = 0; i < a.size; ++i) {
    for (std::size_t j = 0; j < a.size; ++j) result[j] += row[i] * a.at(i, j);
  }
  return result;
}

Matrix power(Matrix base, std::size_t exponent) {
  Matrix result = Matrix::identity(base.size);
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = result * base;
    base = base * base;
  }
  return result;
}

Matrix inverse(Matrix a) {
  const std::size_t n = a.size;
  Matrix result = Matrix::identity(n);
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
