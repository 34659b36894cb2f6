#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "prover/circuit/constraint_system.h"

// Linear combinations of wires: what the rows of a constraint system are made of.
namespace zkp::prover::circuit {

// A wire of a circuit under construction, numbered in the order of creation. Wire 0 is the constant
// 1. finish() of the builder gives the final numbers.
struct Wire {
  std::uint32_t index = 0;
  friend bool operator==(Wire, Wire) = default;
};

// sum of coefficient * wire; a constant is a multiple of wire 0.
// Invariant: the terms are sorted by wire, no wire stands twice, no coefficient is zero. So two
// combinations are the same function exactly if their terms are equal.
class Linear {
 public:
  Linear() = default;  // zero
  Linear(Wire wire) : terms_{{wire.index, Fr::one()}} {}
  static Linear constant(const Fr& value);
  // Terms in any order; equal wires are added up.
  static Linear of_terms(std::vector<Term> terms);
  // sum of coefficient[i] * part[i]. REQUIRES: equal sizes.
  static Linear weighted_sum(std::span<const Fr> coefficients, std::span<const Linear> parts);

  [[nodiscard]] std::span<const Term> terms() const { return terms_; }
  [[nodiscard]] bool is_constant() const {
    return terms_.empty() || (terms_.size() == 1 && terms_[0].wire == 0);
  }
  // The part on wire 0.
  [[nodiscard]] Fr constant_part() const {
    return !terms_.empty() && terms_[0].wire == 0 ? terms_[0].coefficient : Fr::zero();
  }

  friend Linear operator+(const Linear& a, const Linear& b) { return sum(a, Fr::one(), b); }
  friend Linear operator-(const Linear& a, const Linear& b) { return sum(a, -Fr::one(), b); }
  friend Linear operator*(const Fr& factor, const Linear& a) { return sum({}, factor, a); }
  friend bool operator==(const Linear&, const Linear&) = default;

 private:
  // a + factor * b
  static Linear sum(const Linear& a, const Fr& factor, const Linear& b);

  std::vector<Term> terms_;
};

}  // namespace zkp::prover::circuit
