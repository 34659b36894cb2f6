#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "prover/field/field.h"

// Small dense matrices over Fr: what deriving the forms of a hash's linear layer takes. Not meant
// for anything large or secret.
namespace zkp::prover::circuit {

using field::Fr;

// Square, row by row.
struct Matrix {
  explicit Matrix(std::size_t n) : size(n), entries(n * n) {}
  static Matrix identity(std::size_t n);

  Fr& at(std::size_t row, std::size_t column) { return entries[row * size + column]; }
  [[nodiscard]] const Fr& at(std::size_t row, std::size_t column) const {
    return entries[row * size + column];
  }

  std::size_t size;
  std::vector<Fr> entries;
};

using Vector = std::vector<Fr>;

Fr dot(std::span<const Fr> a, std::span<const Fr> b);
Matrix operator*(const Matrix& a, const Matrix& b);
Vector operator*(const Matrix& a, const Vector& column);
Vector operator*(const Vector& row, const Matrix& a);
Matrix power(Matrix base, std::size_t exponent);
// Gauss and Jordan. REQUIRES: there is an inverse.
Matrix inverse(Matrix a);

}  // namespace zkp::prover::circuit
