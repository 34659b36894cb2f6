#include <array>

#include "prover/iden3/formats.h"
#include "prover/iden3/zkey_layout.h"

namespace zkp::prover::iden3 {
namespace {

using field::Fq;
using field::Fr;
using groth16::KeyMatrix;
using groth16::ProvingKey;

template <class Point>
std::size_t size_of(const std::vector<Point>& points) {
  return points.size() * kPointBytes<Point>;
}

void write_header(ContainerWriter& writer, const ProvingKey& key) {
  write_prime<Fq>(writer);
  write_prime<Fr>(writer);
  writer.write_u32(key.wire_count);
  writer.write_u32(key.public_count);
  writer.write_u32(1U << key.domain_log);
  write_point(writer, key.verifying.alpha1);
  write_point(writer, key.beta1);
  write_point(writer, key.verifying.beta2);
  write_point(writer, key.verifying.gamma2);
  write_point(writer, key.delta1);
  write_point(writer, key.verifying.delta2);
}

void write_row(ContainerWriter& writer, const KeyMatrix& matrix, std::uint32_t id,
               std::uint32_t row) {
  for (std::uint32_t i = matrix.row_start[row]; i < matrix.row_start[row + 1]; ++i) {
    writer.write_u32(id);
    writer.write_u32(row);
    writer.write_u32(matrix.terms[i].wire);
    writer.write(bytes_of(matrix.terms[i].coefficient_r2));
  }
}

// Row by row, A's before B's, as snarkjs has them.
void write_coefficients(ContainerWriter& writer, const ProvingKey& key) {
  writer.write_u32(
      static_cast<std::uint32_t>(key.matrix_a.terms.size() + key.matrix_b.terms.size()));
  for (std::uint32_t row = 0; row < key.domain_size(); ++row) {
    write_row(writer, key.matrix_a, 0, row);
    write_row(writer, key.matrix_b, 1, row);
  }
}

template <class Point>
void write_section(ContainerWriter& writer, std::uint32_t id, const std::vector<Point>& points) {
  writer.begin_section(id, size_of(points));
  writer.write(bytes_of(std::span<const Point>(points)));
}

}  // namespace

// The order of sections is that of a key that somebody has contributed to with snarkjs: such a file
// comes out again byte for byte.
base::Bytes write_zkey(const ProvingKey& key) {
  const base::Bytes contributions =
      key.contributions.empty() ? initial_contributions(key) : key.contributions;
  const std::size_t coefficients_bytes =
      4 + (key.matrix_a.terms.size() + key.matrix_b.terms.size()) * kZkeyTermBytes;
  const std::array<std::size_t, zkey_section::kCount> sizes = {4,
                                                               kZkeyHeaderBytes,
                                                               size_of(key.verifying.ic),
                                                               coefficients_bytes,
                                                               size_of(key.a),
                                                               size_of(key.b1),
                                                               size_of(key.b2),
                                                               size_of(key.c),
                                                               size_of(key.h),
                                                               contributions.size()};
  base::Bytes bytes(ContainerWriter::file_size(sizes));
  ContainerWriter writer(bytes, kZkeyFile, sizes.size());
  writer.begin_section(zkey_section::kProtocol, 4);
  writer.write_u32(kGroth16);
  writer.begin_section(zkey_section::kHeader, kZkeyHeaderBytes);
  write_header(writer, key);
  write_section(writer, zkey_section::kIc, key.verifying.ic);
  writer.begin_section(zkey_section::kCoefficients, coefficients_bytes);
  write_coefficients(writer, key);
  write_section(writer, zkey_section::kA, key.a);
  write_section(writer, zkey_section::kB1, key.b1);
  write_section(writer, zkey_section::kB2, key.b2);
  write_section(writer, zkey_section::kC, key.c);
  write_section(writer, zkey_section::kH, key.h);
  writer.begin_section(zkey_section::kContributions, contributions.size());
  writer.write(contributions);
  return bytes;
}

}  // namespace zkp::prover::iden3
