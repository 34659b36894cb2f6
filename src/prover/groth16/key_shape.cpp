#include "prover/groth16/key_shape.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "prover/poly/domain.h"

namespace zkp::prover::groth16 {
namespace {

using base::Error;
using base::ErrorCode;

base::Status check_system(const circuit::ConstraintSystem& system) {
  const std::uint64_t named =
      std::uint64_t{1} + system.public_output_count + system.public_input_count;
  if (named > system.wire_count) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("constraint system: has {} wires, want at least {} for the constant "
                             "and the public signals",
                             system.wire_count, named)};
  }
  if (system.b.row_count() != system.a.row_count() ||
      system.c.row_count() != system.a.row_count()) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("constraint system: want as many rows in A, B and C; they have {}, {} "
                             "and {}",
                             system.a.row_count(), system.b.row_count(), system.c.row_count())};
  }
  for (const auto* matrix : {&system.a, &system.b, &system.c}) {
    for (const circuit::Term& term : matrix->terms) {
      if (term.wire >= system.wire_count) {
        return Error{ErrorCode::invalid_argument,
                     fmt::format("constraint system: a term names wire {}, but there are only {}",
                                 term.wire, system.wire_count)};
      }
    }
  }
  return {};
}

// With the extra rows 1 * wire 0 .. extra_wires - 1 below the constraints' rows.
base::Result<KeyMatrix> key_matrix(const circuit::SparseMatrix& rows, std::uint32_t extra_wires,
                                   std::size_t domain_size) {
  const std::size_t term_count = rows.terms.size() + extra_wires;
  if (term_count > std::numeric_limits<std::uint32_t>::max()) {
    return Error{
        ErrorCode::invalid_argument,
        fmt::format("constraint system: a matrix has {} terms, want fewer than 2^32", term_count)};
  }
  KeyMatrix matrix;
  matrix.terms.reserve(term_count);
  for (const circuit::Term& term : rows.terms) {
    matrix.terms.push_back(
        {.wire = term.wire, .coefficient_r2 = Fr::from_standard(term.coefficient.limb).limb});
  }
  matrix.row_start.reserve(domain_size + 1);
  matrix.row_start = rows.row_start;
  for (std::uint32_t wire = 0; wire < extra_wires; ++wire) {
    matrix.terms.push_back({.wire = wire, .coefficient_r2 = Fr::kRSquared});
    matrix.row_start.push_back(static_cast<std::uint32_t>(matrix.terms.size()));
  }
  matrix.row_start.resize(domain_size + 1, static_cast<std::uint32_t>(matrix.terms.size()));
  return matrix;
}

}  // namespace

// snarkjs (zkey_new.js) takes log2(constraints + public_count) + 1, where its log2 rounds down and
// is 0 for 0. So 2^log is strictly greater than constraints + public_count, the rows up to
// constraints + public_count fit, and the smallest domain has two points.
base::Result<std::uint32_t> domain_log_of(std::uint64_t constraint_count,
                                          std::uint32_t public_count) {
  const std::uint64_t last_row = constraint_count + public_count;
  const auto log = std::max(1U, static_cast<std::uint32_t>(std::bit_width(last_row)));
  // The odd coset lies in the domain of twice the size.
  if (log >= poly::Domain::kMostLog) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("constraint system: {} constraints and {} public signals, want fewer "
                             "than 2^{} together",
                             constraint_count, public_count, poly::Domain::kMostLog - 1)};
  }
  return log;
}

base::Result<std::uint32_t> domain_log_of(const circuit::ConstraintSystem& system) {
  return domain_log_of(system.constraint_count(), system.public_count());
}

base::Result<ProvingKey> key_without_points(const circuit::ConstraintSystem& system) {
  ZKP_CHECK(check_system(system));
  ProvingKey key;
  key.wire_count = system.wire_count;
  key.public_count = system.public_count();
  ZKP_TRY(key.domain_log, domain_log_of(system));
  ZKP_TRY(key.matrix_a, key_matrix(system.a, key.public_count + 1, key.domain_size()));
  ZKP_TRY(key.matrix_b, key_matrix(system.b, 0, key.domain_size()));
  return key;
}

}  // namespace zkp::prover::groth16
