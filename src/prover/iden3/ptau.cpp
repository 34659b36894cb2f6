#include <cstring>

#include "prover/iden3/formats.h"
#include "prover/iden3/points.h"
#include "prover/iden3/ptau_layout.h"

namespace zkp::prover::iden3 {
namespace {

using groth16::PowersOfTau;

// A ceremony is made by strangers.
constexpr PointChecks kChecks = PointChecks::subgroup;

// The basis of the domain of 2^log points: 2^log - 1 points of smaller ones stand before it.
base::ByteView basis(base::ByteView section, std::uint32_t log, std::size_t point_bytes) {
  const std::size_t size = std::size_t{1} << log;
  return section.subspan((size - 1) * point_bytes, size * point_bytes);
}

// Points 1, 3, 5 ...
base::Bytes odd_points(base::ByteView basis_g1) {
  constexpr std::size_t kBytes = kPointBytes<G1Affine>;
  base::Bytes odd(basis_g1.size() / 2);
  for (std::size_t i = 0; i < odd.size(); i += kBytes) {
    std::memcpy(&odd[i], &basis_g1[2 * i + kBytes], kBytes);
  }
  return odd;
}

}  // namespace

base::Result<PowersOfTau> read_ptau(base::ByteView bytes, std::uint32_t domain_log) {
  ZKP_TRY(const PtauLayout layout, PtauLayout::parse(bytes, domain_log));
  const Container& file = layout.file;
  const auto read_g1 = [&](base::ByteView section, const char* name) {
    return read_points<G1Affine>(file, basis(section, domain_log, kPointBytes<G1Affine>), kChecks,
                                 name);
  };
  PowersOfTau powers;
  powers.domain_log = domain_log;
  base::ByteView alpha1 = layout.alpha_tau_g1, beta1 = layout.beta_tau_g1, beta2 = layout.beta_g2;
  ZKP_TRY(powers.alpha1, take_point<G1Affine>(file, alpha1, kChecks, "alpha1"));
  ZKP_TRY(powers.beta1, take_point<G1Affine>(file, beta1, kChecks, "beta1"));
  ZKP_TRY(powers.beta2, take_point<G2Affine>(file, beta2, kChecks, "beta2"));
  ZKP_TRY(powers.lagrange_tau_g1, read_g1(layout.lagrange_tau_g1, "section 12"));
  ZKP_TRY(powers.lagrange_alpha_tau_g1, read_g1(layout.lagrange_alpha_tau_g1, "section 14"));
  ZKP_TRY(powers.lagrange_beta_tau_g1, read_g1(layout.lagrange_beta_tau_g1, "section 15"));
  ZKP_TRY(
      powers.lagrange_tau_g2,
      read_points<G2Affine>(file, basis(layout.lagrange_tau_g2, domain_log, kPointBytes<G2Affine>),
                            kChecks, "section 13"));
  const base::Bytes odd =
      odd_points(basis(layout.lagrange_tau_g1, domain_log + 1, kPointBytes<G1Affine>));
  ZKP_TRY(powers.h, read_points<G1Affine>(file, odd, kChecks, "section 12, odd points"));
  return powers;
}

}  // namespace zkp::prover::iden3
