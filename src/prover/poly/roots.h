#pragma once

#include <span>
#include <vector>

#include "prover/field/field.h"

// Lists of roots of unity, and bit-reversed order.
namespace zkp::prover::poly {

using field::Fr;

// 5^((r-1)/2^log): primitive of order 2^log. REQUIRES: log <= 28.
Fr root_of_order(std::size_t log);

// For every power of two h < size, at [h, 2h): the powers 0 .. h-1 of a root of order 2h. `root`
// has the order `size`, a power of two.
std::vector<Fr> nested_powers(std::size_t size, const Fr& root);

// first * base^(the bits of i reversed) for i < size, a power of two.
std::vector<Fr> reversed_powers(std::size_t size, const Fr& base, const Fr& first);

// Moves what is at i to the place that has the bits of i reversed. REQUIRES: a power of two values.
void reverse_bits_of_places(std::span<Fr> values);

// Moves what is at i to the place size - i, but for what is at 0.
void negate_places(std::span<Fr> values);

}  // namespace zkp::prover::poly
