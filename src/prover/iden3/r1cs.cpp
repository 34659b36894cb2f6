#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "prover/iden3/container.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/prime.h"
#include "prover/iden3/r1cs_layout.h"

namespace zkp::prover::iden3 {
namespace {

using circuit::ConstraintSystem;
using circuit::SparseMatrix;
using circuit::Term;
using field::Fr;

base::Status read_constraints(const R1csLayout& layout, ConstraintSystem& system) {
  R1csRows rows(layout);
  for (std::uint32_t i = 0; i < layout.constraint_count; ++i) {
    for (SparseMatrix* matrix : {&system.a, &system.b, &system.c}) {
      ZKP_CHECK(rows.next([&](const R1csTerm& term) {
        matrix->terms.push_back({term.wire, Fr::from_standard(term.coefficient)});
      }));
      matrix->row_start.push_back(static_cast<std::uint32_t>(matrix->terms.size()));
    }
  }
  return rows.finish();
}

// The identity is left out.
void read_labels(const R1csLayout& layout, ConstraintSystem& system) {
  std::vector<std::uint64_t> labels(layout.wire_count);
  std::memcpy(labels.data(), layout.labels.data(), layout.labels.size());
  bool identity = true;
  for (std::size_t i = 0; i < labels.size() && identity; ++i) identity = labels[i] == i;
  if (!identity) system.wire_labels = std::move(labels);
}

std::size_t constraints_bytes(const ConstraintSystem& system) {
  return system.constraint_count() * kLeastConstraintBytes +
         (system.a.terms.size() + system.b.terms.size() + system.c.terms.size()) * kR1csTermBytes;
}

void write_row(ContainerWriter& writer, std::span<const Term> row) {
  writer.write_u32(static_cast<std::uint32_t>(row.size()));
  for (const Term& term : row) {
    writer.write_u32(term.wire);
    writer.write(bytes_of(term.coefficient.to_standard()));
  }
}

void write_header(ContainerWriter& writer, const ConstraintSystem& system) {
  write_prime<Fr>(writer);
  writer.write_u32(system.wire_count);
  writer.write_u32(system.public_output_count);
  writer.write_u32(system.public_input_count);
  writer.write_u32(system.private_input_count);
  writer.write_u64(system.label_count);
  writer.write_u32(static_cast<std::uint32_t>(system.constraint_count()));
}

}  // namespace

base::Result<ConstraintSystem> read_r1cs(base::ByteView bytes) {
  ZKP_TRY(const R1csLayout layout, R1csLayout::parse(bytes));
  ConstraintSystem system;
  system.wire_count = layout.wire_count;
  system.public_output_count = layout.public_output_count;
  system.public_input_count = layout.public_input_count;
  system.private_input_count = layout.private_input_count;
  system.label_count = layout.label_count;
  read_labels(layout, system);
  ZKP_CHECK(read_constraints(layout, system));
  return system;
}

// In the order of the circom compiler, so that what it wrote comes out again byte for byte.
base::Bytes write_r1cs(const ConstraintSystem& system) {
  const std::array sizes = {constraints_bytes(system), kR1csHeaderBytes,
                            std::size_t{system.wire_count} * 8};
  base::Bytes bytes(ContainerWriter::file_size(sizes));
  ContainerWriter writer(bytes, kR1csFile, sizes.size());
  writer.begin_section(r1cs_section::kConstraints, sizes[0]);
  for (std::size_t i = 0; i < system.constraint_count(); ++i) {
    for (const SparseMatrix* matrix : {&system.a, &system.b, &system.c}) {
      write_row(writer, matrix->row(i));
    }
  }
  writer.begin_section(r1cs_section::kHeader, sizes[1]);
  write_header(writer, system);
  writer.begin_section(r1cs_section::kLabels, sizes[2]);
  for (std::uint32_t i = 0; i < system.wire_count; ++i) {
    writer.write_u64(system.wire_labels.empty() ? i : system.wire_labels[i]);
  }
  return bytes;
}

}  // namespace zkp::prover::iden3
