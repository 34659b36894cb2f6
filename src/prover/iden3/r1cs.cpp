#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "prover/iden3/container.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

using circuit::ConstraintSystem;
using circuit::SparseMatrix;
using circuit::Term;
using field::Fr;
using field::Limbs;

constexpr std::uint32_t kHeader = 1, kConstraints = 2, kLabels = 3, kCustomGateUses = 5;
constexpr std::size_t kHeaderBytes = kPrimeBytes + 28;
constexpr std::size_t kTermBytes = 4 + sizeof(Limbs);  // wire, coefficient
constexpr std::size_t kLeastConstraintBytes = 3 * 4;   // three counts of 0

struct Header {
  ConstraintSystem system;
  std::uint32_t constraint_count;
};

base::Result<Header> read_header(const Container& file) {
  ZKP_TRY(const base::ByteView bytes, file.section(kHeader, kHeaderBytes));
  ZKP_CHECK(check_prime<Fr>(file, bytes.data()));
  const std::uint8_t* numbers = &bytes[kPrimeBytes];
  Header header;
  ConstraintSystem& system = header.system;
  system.wire_count = base::load_le<std::uint32_t>(numbers);
  system.public_output_count = base::load_le<std::uint32_t>(numbers + 4);
  system.public_input_count = base::load_le<std::uint32_t>(numbers + 8);
  system.private_input_count = base::load_le<std::uint32_t>(numbers + 12);
  system.label_count = base::load_le<std::uint64_t>(numbers + 16);
  header.constraint_count = base::load_le<std::uint32_t>(numbers + 24);
  const std::uint64_t signals = std::uint64_t{system.public_output_count} +
                                system.public_input_count + system.private_input_count;
  if (signals + 1 > system.wire_count) {
    return file.error(fmt::format("header has {} wires, want at least {}: 1, outputs and inputs",
                                  system.wire_count, signals + 1));
  }
  return header;
}

// One linear combination of section 2, whose unread part is `rest`.
base::Status read_row(const Container& file, base::ByteView& rest, std::uint32_t wire_count,
                      SparseMatrix& matrix) {
  const auto index = matrix.row_count();
  if (rest.size() < 4) return file.error(fmt::format("section 2 ends in constraint {}", index));
  const auto count = base::load_le<std::uint32_t>(rest.data());
  rest = rest.subspan(4);
  if (count > rest.size() / kTermBytes) {
    return file.error(fmt::format("section 2 has {} bytes left in constraint {}, want {}",
                                  rest.size(), index, std::uint64_t{count} * kTermBytes));
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t* from = &rest[i * kTermBytes];
    const auto wire = base::load_le<std::uint32_t>(from);
    const Limbs coefficient = load_limbs(from + 4);
    if (wire >= wire_count) {
      return file.error(
          fmt::format("constraint {} names wire {} of {} wires", index, wire, wire_count));
    }
    if (!field::less_than(coefficient, Fr::kModulus)) {
      return file.error(fmt::format("constraint {} has a coefficient not below the prime", index));
    }
    matrix.terms.push_back({wire, Fr::from_standard(coefficient)});
  }
  matrix.row_start.push_back(static_cast<std::uint32_t>(matrix.terms.size()));
  rest = rest.subspan(count * kTermBytes);
  return {};
}

base::Status read_constraints(const Container& file, std::uint32_t count,
                              ConstraintSystem& system) {
  ZKP_TRY(base::ByteView rest, file.section(kConstraints));
  if (count > rest.size() / kLeastConstraintBytes) {
    return file.error(fmt::format("section 2 has {} bytes, want at least {} for {} constraints",
                                  rest.size(), std::uint64_t{count} * kLeastConstraintBytes,
                                  count));
  }
  if (rest.size() / kTermBytes > UINT32_MAX) {
    return file.error("section 2 has more than 2^32 coefficients");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    for (SparseMatrix* matrix : {&system.a, &system.b, &system.c}) {
      ZKP_CHECK(read_row(file, rest, system.wire_count, *matrix));
    }
  }
  if (!rest.empty()) {
    return file.error(fmt::format("section 2 has {} bytes after its last constraint", rest.size()));
  }
  return {};
}

// The map also bounds the number of wires by the bytes at hand. The identity is left out.
base::Status read_labels(const Container& file, ConstraintSystem& system) {
  ZKP_TRY(const base::ByteView bytes, file.section(kLabels, std::uint64_t{system.wire_count} * 8));
  std::vector<std::uint64_t> labels(system.wire_count);
  std::memcpy(labels.data(), bytes.data(), bytes.size());
  bool identity = true;
  for (std::size_t i = 0; i < labels.size() && identity; ++i) identity = labels[i] == i;
  if (!identity) system.wire_labels = std::move(labels);
  return {};
}

std::size_t constraints_bytes(const ConstraintSystem& system) {
  return system.constraint_count() * kLeastConstraintBytes +
         (system.a.terms.size() + system.b.terms.size() + system.c.terms.size()) * kTermBytes;
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
  ZKP_TRY(const Container file, Container::parse(bytes, kR1csFile));
  if (file.has(kCustomGateUses)) {
    ZKP_TRY(const base::ByteView uses, file.section(kCustomGateUses));
    if (uses.size() < 4 || base::load_le<std::uint32_t>(uses.data()) != 0) {
      return file.error("the circuit uses custom gates, which Groth16 has not");
    }
  }
  ZKP_TRY(Header header, read_header(file));
  ZKP_CHECK(read_labels(file, header.system));
  ZKP_CHECK(read_constraints(file, header.constraint_count, header.system));
  return std::move(header.system);
}

// In the order of the circom compiler, so that what it wrote comes out again byte for byte.
base::Bytes write_r1cs(const ConstraintSystem& system) {
  const std::array sizes = {constraints_bytes(system), kHeaderBytes,
                            std::size_t{system.wire_count} * 8};
  base::Bytes bytes(ContainerWriter::file_size(sizes));
  ContainerWriter writer(bytes, kR1csFile, sizes.size());
  writer.begin_section(kConstraints, sizes[0]);
  for (std::size_t i = 0; i < system.constraint_count(); ++i) {
    for (const SparseMatrix* matrix : {&system.a, &system.b, &system.c}) {
      write_row(writer, matrix->row(i));
    }
  }
  writer.begin_section(kHeader, sizes[1]);
  write_header(writer, system);
  writer.begin_section(kLabels, sizes[2]);
  for (std::uint32_t i = 0; i < system.wire_count; ++i) {
    writer.write_u64(system.wire_labels.empty() ? i : system.wire_labels[i]);
  }
  return bytes;
}

}  // namespace zkp::prover::iden3
