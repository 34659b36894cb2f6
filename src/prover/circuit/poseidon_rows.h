#pragma once

#include <span>
#include <vector>

#include "prover/circuit/builder.h"
#include "prover/circuit/poseidon_parameters.h"

// The constraints of one Poseidon hash.
//
// Each S-box x -> x^5 takes x * x = x2, x2 * x2 = x4, x4 * x = x5. The usual choice makes x5 the
// wire and x a combination; then x grows by a term with each partial round, in matrices A and B,
// whose terms every proof pays for. Here x is the wire, and x5 is written as a combination of later
// x's, by inverting the linear layers. So A and B hold single wires almost everywhere, and the long
// combinations stand in C alone, which a proof never reads. The change of wires is linear and
// invertible, so it is the same statement with the same number of constraints.
namespace zkp::prover::circuit {

// The wires of an S-box. x and x5 only where there is one.
struct SboxWires {
  Wire x, x2, x4, x5;
};

// For one width, independent of the inputs. S-boxes are numbered in order of execution: t in each
// full round, one in a partial one. S-box 0 works on a constant and has no wires.
class PoseidonRows {
 public:
  explicit PoseidonRows(const PoseidonParameters& parameters);

  // No input wire: the first round's inputs are combinations of the hash's inputs, and S-box 0's
  // constant output ties the inputs of the second round together, so one of those is a combination
  // as well. Output wires: the last round, where no later input is; the hash stands for the first.
  [[nodiscard]] bool has_input_wire(std::size_t sbox) const { return sbox > width_; }
  [[nodiscard]] bool has_output_wire(std::size_t sbox) const { return sbox > last_round_; }

  // REQUIRES: wires.size() is the number of S-boxes, and inputs fit the width.
  void constrain(Builder& builder, std::span<const Linear> inputs, std::span<const SboxWires> wires,
                 Wire hash) const;

 private:
  // constant + sum of coefficient[i] * (input wire of S-box first + i)
  struct Row {
    Fr constant;
    std::size_t first = 0;
    Vector coefficient = {};
  };

  void derive_first_rounds(const PoseidonParameters& p, const Matrix& matrix_inverse);
  void derive_partial_rounds(const PoseidonParameters& p, const Matrix& matrix_inverse);
  void derive_last_rounds(const PoseidonParameters& p, const Matrix& matrix_inverse);
  [[nodiscard]] Row row_of_next_round(const PoseidonParameters& p, const Matrix& matrix_inverse,
                                      std::size_t round, std::size_t element) const;
  [[nodiscard]] std::size_t first_sbox(std::size_t round) const;
  static Linear expand(const Row& row, std::span<const SboxWires> wires);

  std::size_t width_, partial_rounds_, last_round_;  // last_round_: its first S-box
  Vector first_constants_;
  Row second_round_input_;   // the input of S-box t
  std::vector<Row> output_;  // of each S-box before the last round
  Vector hash_row_;          // the matrix's first row
  Fr hash_scale_;            // 1 / its first element
};

// REQUIRES: 1 <= input_count <= 16. Computed on first use, then kept.
const PoseidonRows& poseidon_rows(std::size_t input_count);

}  // namespace zkp::prover::circuit
