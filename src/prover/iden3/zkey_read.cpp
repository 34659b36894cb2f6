#include <fmt/format.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/zkey_layout.h"

namespace zkp::prover::iden3 {
namespace {

using groth16::KeyMatrix;
using groth16::ProvingKey;
using groth16::VerifyingKey;

struct HeaderPoints {
  G1Affine alpha1, beta1, delta1;
  G2Affine beta2, gamma2, delta2;
};

base::Result<HeaderPoints> read_header_points(const ZkeyLayout& layout, PointChecks checks) {
  base::ByteView rest = layout.header_points;
  HeaderPoints points;
  ZKP_TRY(points.alpha1, take_point<G1Affine>(layout.file, rest, checks, "alpha1"));
  ZKP_TRY(points.beta1, take_point<G1Affine>(layout.file, rest, checks, "beta1"));
  ZKP_TRY(points.beta2, take_point<G2Affine>(layout.file, rest, checks, "beta2"));
  ZKP_TRY(points.gamma2, take_point<G2Affine>(layout.file, rest, checks, "gamma2"));
  ZKP_TRY(points.delta1, take_point<G1Affine>(layout.file, rest, checks, "delta1"));
  ZKP_TRY(points.delta2, take_point<G2Affine>(layout.file, rest, checks, "delta2"));
  return points;
}

base::Result<VerifyingKey> read_verifying_key(const ZkeyLayout& layout, const HeaderPoints& points,
                                              PointChecks checks) {
  VerifyingKey key = {points.alpha1, points.beta2, points.gamma2, points.delta2, {}};
  ZKP_TRY(key.ic, read_points<G1Affine>(layout.file, layout.ic, checks, "IC"));
  return key;
}

// row_start from the number of entries of each row, which stands one place further on.
void sum_up(std::vector<std::uint32_t>& row_start) {
  for (std::size_t i = 1; i < row_start.size(); ++i) row_start[i] += row_start[i - 1];
}

// Rows may come in any order; within a row the file's order is kept.
base::Status read_matrices(const ZkeyLayout& layout, KeyMatrix& a, KeyMatrix& b) {
  KeyMatrix* const matrices[] = {&a, &b};
  const std::size_t row_count = std::size_t{1} << layout.domain_log;
  for (KeyMatrix* matrix : matrices) matrix->row_start.assign(row_count + 1, 0);
  for (std::uint32_t i = 0; i < layout.coefficient_count; ++i) {
    const ZkeyTerm entry = layout.term(i);
    ZKP_CHECK(layout.check_term(entry, i));
    ++matrices[entry.matrix]->row_start[entry.row + 1];
  }
  std::vector<std::uint32_t> next[2];
  for (std::size_t m = 0; m < 2; ++m) {
    sum_up(matrices[m]->row_start);
    matrices[m]->terms.resize(matrices[m]->row_start.back());
    next[m] = matrices[m]->row_start;
  }
  for (std::uint32_t i = 0; i < layout.coefficient_count; ++i) {
    const ZkeyTerm entry = layout.term(i);
    matrices[entry.matrix]->terms[next[entry.matrix][entry.row]++] = {
        entry.wire, load_limbs(entry.coefficient)};
  }
  return {};
}

}  // namespace

base::Result<ProvingKey> read_zkey(base::ByteView bytes, PointChecks checks) {
  ZKP_TRY(const ZkeyLayout layout, ZkeyLayout::parse(bytes));
  ZKP_TRY(const HeaderPoints points, read_header_points(layout, checks));
  ProvingKey key;
  ZKP_TRY(key.verifying, read_verifying_key(layout, points, checks));
  key.beta1 = points.beta1;
  key.delta1 = points.delta1;
  key.wire_count = layout.wire_count;
  key.public_count = layout.public_count;
  key.domain_log = layout.domain_log;
  ZKP_CHECK(read_matrices(layout, key.matrix_a, key.matrix_b));
  ZKP_TRY(key.a, read_points<G1Affine>(layout.file, layout.a, checks, "A"));
  ZKP_TRY(key.b1, read_points<G1Affine>(layout.file, layout.b1, checks, "B1"));
  ZKP_TRY(key.b2, read_points<G2Affine>(layout.file, layout.b2, checks, "B2"));
  ZKP_TRY(key.c, read_points<G1Affine>(layout.file, layout.c, checks, "C"));
  ZKP_TRY(key.h, read_points<G1Affine>(layout.file, layout.h, checks, "H"));
  key.contributions.assign(layout.contributions.begin(), layout.contributions.end());
  return key;
}

base::Result<VerifyingKey> read_zkey_verifying_key(base::ByteView bytes) {
  ZKP_TRY(const ZkeyLayout layout, ZkeyLayout::parse(bytes));
  ZKP_TRY(const HeaderPoints points, read_header_points(layout, PointChecks::subgroup));
  return read_verifying_key(layout, points, PointChecks::subgroup);
}

base::Result<groth16::KeySizes> read_zkey_sizes(base::ByteView bytes) {
  ZKP_TRY(const ZkeyLayout layout, ZkeyLayout::parse(bytes));
  return groth16::KeySizes{layout.wire_count, layout.public_count,
                           std::uint64_t{1} << layout.domain_log, layout.coefficient_count};
}

}  // namespace zkp::prover::iden3
