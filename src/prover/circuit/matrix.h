#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "prover/field/field.h"

// Small dense matrices over Fr: what a hash's linear layer takes.
namespace zkp::prover::circuit {

using field::Fr;

using Vector = std::vector<Fr>;

// Square, row by row.
struct Matrix {
  explicit Matrix(std::size_t n) : size(n), entries(n * n) {}

  Fr& at(std::size_t row, std::size_t column) { return entries[row * size + column]; }
  [[nodiscard]] const Fr& at(std::size_t row, std::size_t column) const {
    return entries[row * size + column];
  }
  [[nodiscard]] std::span<const Fr> row(std::size_t index) const {
    return std::span(entries).subspan(index * size, size);
  }

  std::size_t size;
  std::vector<Fr> entries;
};

// REQUIRES: equal sizes.
Fr dot(std::span<const Fr> a, std::span<const Fr> b);

// By Gauss and Jordan. REQUIRES: there is an inverse.
Matrix inverse(Matrix a);

}  // namespace zkp::prover::circuit
