#pragma once

#include "prover/iden3/container.h"

// The sections of a .ptau v1 that has been prepared for phase 2, for a ceremony of n = 2^power:
//   2   tau^i G1, i < 2n - 1        3   tau^i G2, i < n
//   4   alpha tau^i G1, i < n       5   beta tau^i G1, i < n       6   beta G2
//   12  L_i(tau) G1                 13  L_i(tau) G2
//   14  L_i(tau) alpha G1           15  L_i(tau) beta G1
// Sections 12 to 15 hold the Lagrange bases of the domains of 1, 2, 4 ... n points, one after the
// other, and 12 that of 2n points as well.
namespace zkp::prover::iden3 {

// An opened .ptau, whose sections have the sizes that its header asks for. Nothing has been
// allocated. Views into the file's bytes.
struct PtauLayout {
  // invalid_argument also if the ceremony is too small for a domain of 2^domain_log.
  static base::Result<PtauLayout> parse(base::ByteView bytes, std::uint32_t domain_log);

  Container file;
  std::uint32_t power = 0;
  base::ByteView tau_g1, alpha_tau_g1, beta_tau_g1, beta_g2;
  base::ByteView lagrange_tau_g1, lagrange_tau_g2, lagrange_alpha_tau_g1, lagrange_beta_tau_g1;

 private:
  explicit PtauLayout(Container container) : file(std::move(container)) {}
  base::Status parse_header(std::uint32_t domain_log);
  base::Status find_sections();
};

}  // namespace zkp::prover::iden3
