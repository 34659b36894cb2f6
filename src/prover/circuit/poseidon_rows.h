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

// For one width t. S-boxes are numbered in order of execution: t in each full round, one in a
// partial one. S-box 0 works on a constant and has no wires. Immutable; any thread.
class PoseidonRows {
 public:
  explicit PoseidonRows(const PoseidonParameters& parameters);

  [[nodiscard]] std::size_t sbox_count() const { return last_round_ + width_; }
  // Not in the first round, whose inputs are combinations of the hash's inputs; nor at S-box t: as
  // S-box 0's output is a constant, one input of the second round follows from the others.
  [[nodiscard]] bool has_input_wire(std::size_t sbox) const { return sbox > width_; }
  // In the last round, after which there is no input; but the hash stands for its first one.
  [[nodiscard]] bool has_output_wire(std::size_t sbox) const { return sbox > last_round_; }

  // REQUIRES: wires.size() == sbox_count(), and inputs fit the width.
  void constrain(Builder& builder, std::span<const Linear> inputs, std::span<const SboxWires> wires,
                 Wire hash) const;

 private:
  [[nodiscard]] std::vector<Linear> sbox_inputs(std::span<const Linear> inputs,
                                                std::span<const SboxWires> wires) const;
  [[nodiscard]] std::vector<Linear> sbox_outputs(std::span<const Linear> x,
                                                 std::span<const SboxWires> wires, Wire hash) const;
  void derive_partial_rounds();
  [[nodiscard]] std::size_t first_sbox(std::size_t round) const;

  const PoseidonParameters& parameters_;
  std::size_t width_, partial_rounds_;
  std::size_t last_round_;  // its first S-box
  Matrix matrix_inverse_;
  // Combinations of 1, the inputs of the partial rounds' S-boxes, and those of the full round that
  // follows: the output of each partial round's S-box, and the elements of the state, but the
  // first, before the first partial round.
  std::vector<Vector> partial_output_, partial_start_;
};

// REQUIRES: 1 <= input_count <= 16. Computed on first use, then kept. Any thread.
const PoseidonRows& poseidon_rows(std::size_t input_count);

}  // namespace zkp::prover::circuit
