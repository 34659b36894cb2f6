#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prover/circuit/linear.h"

// Where a wire stands in the constraint system.
namespace zkp::prover::circuit {

enum class WireKind : std::uint8_t { output, public_input, private_input, inner };

// Turns circuit code into a constraint system, or into a witness of that same system: the code is
// run once either way, and creates its wires in the same order.
//   Purpose::constraints  keeps the rows; values that it is given are ignored.
//   Purpose::witness      keeps the values, in memory that is wiped; rows are not kept.
// What a statement claims goes through require_*, which in a witness run also notes the first claim
// that is false. Code must not choose its wires by a value, or the two runs would differ.
// One thread; owns what it builds until finish.
class Builder {
 public:
  enum class Purpose : std::uint8_t { constraints, witness };
  explicit Builder(Purpose purpose);

  [[nodiscard]] bool has_values() const { return purpose_ == Purpose::witness; }

  Wire add_wire(WireKind kind, const Fr& value);
  // The value in a witness run, zero otherwise.
  [[nodiscard]] Fr value_of(const Linear& linear) const;
  [[nodiscard]] Fr value_of(Wire wire) const;

  // a * b: one constraint and one inner wire, or none if a factor is constant.
  Linear product(const Linear& a, const Linear& b);

  // Claims a * b = c. The caller made the wires so that it holds; it is not checked here.
  void constrain(const Linear& a, const Linear& b, const Linear& c) {
    constrain(a.terms(), b.terms(), c.terms());
  }
  void constrain(std::span<const Term> a, std::span<const Term> b, std::span<const Term> c);

  // Claims a = b, and says `falsehood` if it is not so. REQUIRES: not both constant.
  void require_equal(const Linear& a, const Linear& b, std::string_view falsehood);
  // Notes that the statement is false; the first one stands. Never holds a private value.
  void note_falsehood(std::string_view falsehood);

  // Outputs and public inputs so far.
  [[nodiscard]] std::size_t public_count() const;
  // The first claim that is false, if any. Empty in a run for constraints.
  [[nodiscard]] const std::optional<std::string>& falsehood() const { return falsehood_; }

  // After a run for constraints: the system, its wires in circom's order.
  [[nodiscard]] ConstraintSystem finish_system() &&;
  // After a run for a witness: the values in the same order. They satisfy the system exactly if
  // there is no falsehood.
  [[nodiscard]] Witness finish_witness() &&;

 private:
  // creation order -> circom's order
  [[nodiscard]] std::vector<std::uint32_t> final_order() const;
  [[nodiscard]] std::uint32_t count(WireKind kind) const;
  void grow();

  Purpose purpose_;
  std::vector<WireKind> kinds_;    // by creation; [0] stands for the constant and is not read
  base::SecretVector<Fr> values_;  // by creation; larger than kinds_, so that growing is rare
  SparseMatrix a_, b_, c_;
  std::optional<std::string> falsehood_;
};

}  // namespace zkp::prover::circuit
