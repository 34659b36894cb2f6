#include "prover/circuit/constraint_system.h"

#include <algorithm>

#include <fmt/format.h>

namespace zkp::prover::circuit {
namespace {

using base::Error;
using base::ErrorCode;

bool wires_exist(const SparseMatrix& matrix, std::uint32_t wire_count) {
  return std::ranges::all_of(matrix.terms,
                             [&](const Term& term) { return term.wire < wire_count; });
}

Fr dot(std::span<const Term> row, std::span<const Fr> values) {
  Fr sum;
  for (const Term& term : row) sum += term.coefficient * values[term.wire];
  return sum;
}

}  // namespace

base::Status check_satisfied(const ConstraintSystem& system, const Witness& witness) {
  const std::size_t rows = system.a.row_count();
  if (system.b.row_count() != rows || system.c.row_count() != rows) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("constraint system: its matrices have {}, {} and {} rows, want equal",
                             rows, system.b.row_count(), system.c.row_count())};
  }
  for (const SparseMatrix* matrix : {&system.a, &system.b, &system.c}) {
    if (!wires_exist(*matrix, system.wire_count)) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("constraint system: a row names a wire beyond the {} there are",
                               system.wire_count)};
    }
  }
  if (witness.size() != system.wire_count || witness.empty()) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("witness: has {} values, the circuit has {} wires", witness.size(),
                             system.wire_count)};
  }
  if (witness.reveal()[0] != field::Limbs{1, 0, 0, 0}) {
    return Error{ErrorCode::invalid_argument, "witness: value 0 is not 1"};
  }

  base::SecretVector<Fr> values(witness.size());
  for (std::size_t i = 0; i < witness.size(); ++i) {
    const field::Limbs& value = witness.reveal()[i];
    if (!field::less_than(value, Fr::kModulus)) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("witness: value {} is not below the field's modulus", i)};
    }
    values.reveal_mutable()[i] = Fr::from_standard(value);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const Fr a = dot(system.a.row(i), values.reveal());
    const Fr b = dot(system.b.row(i), values.reveal());
    const Fr c = dot(system.c.row(i), values.reveal());
    if (a * b != c) {
      return Error{ErrorCode::failed_precondition,
                   fmt::format("witness: constraint {} of {} does not hold", i, rows)};
    }
  }
  return {};
}

}  // namespace zkp::prover::circuit
