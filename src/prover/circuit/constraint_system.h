#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "prover/field/field.h"

namespace zkp::prover::circuit {

using field::Fr;

// coefficient * wire
struct Term {
  std::uint32_t wire;
  Fr coefficient;
  friend bool operator==(const Term&, const Term&) = default;
};

// A sparse matrix by rows: row i is terms[row_start[i] .. row_start[i + 1]).
struct SparseMatrix {
  std::vector<std::uint32_t> row_start{0};
  std::vector<Term> terms;

  [[nodiscard]] std::size_t row_count() const { return row_start.size() - 1; }
  [[nodiscard]] std::span<const Term> row(std::size_t index) const {
    return std::span(terms).subspan(row_start[index], row_start[index + 1] - row_start[index]);
  }
  void append_row(std::span<const Term> row) {
    terms.insert(terms.end(), row.begin(), row.end());
    row_start.push_back(static_cast<std::uint32_t>(terms.size()));
  }
};

// A rank-1 constraint system over Fr: a witness w satisfies it if (A w)_i * (B w)_i = (C w)_i for
// each row i. Wires, in circom's order: 0 is the constant 1, then public outputs, public inputs,
// private inputs, inner wires.
struct ConstraintSystem {
  std::uint32_t wire_count = 1;
  std::uint32_t public_output_count = 0;
  std::uint32_t public_input_count = 0;
  std::uint32_t private_input_count = 0;
  std::uint64_t label_count = 0;           // of the compiler's symbol table; ours: wire_count
  std::vector<std::uint64_t> wire_labels;  // wire -> label; empty means the identity
  SparseMatrix a, b, c;                    // the same number of rows each

  [[nodiscard]] std::size_t constraint_count() const { return a.row_count(); }
  // Public signals: outputs, then inputs.
  [[nodiscard]] std::uint32_t public_count() const {
    return public_output_count + public_input_count;
  }
};

// The values of all wires, as integers below r (standard form, as .wtns holds them). value[0] is 1.
using Witness = base::SecretVector<field::Limbs>;

// Checks every constraint. failed_precondition names the first row that does not hold (never a
// value); invalid_argument if the sizes do not fit or wire 0 is not 1.
base::Status check_satisfied(const ConstraintSystem& system, const Witness& witness);

}  // namespace zkp::prover::circuit
