#pragma once

#include "prover/iden3/container.h"

// The sections of a .ptau v1, for a ceremony of n = 2^power:
//   2   tau^i G1, i < 2n - 1        3   tau^i G2, i < n
//   4   alpha tau^i G1, i < n       5   beta tau^i G1, i < n       6   beta G2
//   7   contributions: count u32 and that many records
// and, once it has been prepared for phase 2:
//   12  L_i(tau) G1                 13  L_i(tau) G2
//   14  L_i(tau) alpha G1           15  L_i(tau) beta G1
// Sections 12 to 15 hold the Lagrange bases of the domains of 1, 2, 4 ... n points, one after the
// other, and 12 that of 2n points as well.
namespace zkp::prover::iden3 {

// An opened .ptau, whose sections have the sizes that its header asks for. Nothing has been
// allocated. Views into the file's bytes.
struct PtauLayout {
  // Of a ceremony that is prepared for phase 2: what a set-up needs. invalid_argument also if the
  // ceremony is too small for a domain of 2^domain_log.
  static base::Result<PtauLayout> parse(base::ByteView bytes, std::uint32_t domain_log);
  // Of any ceremony: all sections; those for phase 2 are empty if it is not prepared.
  static base::Result<PtauLayout> parse_whole(base::ByteView bytes);

  [[nodiscard]] bool is_prepared() const { return !lagrange_tau_g1.empty(); }

  Container file;
  std::uint32_t power = 0;
  std::uint32_t ceremony_power = 0;  // more than `power` if the powers have been cut short
  base::ByteView tau_g1, tau_g2, alpha_tau_g1, beta_tau_g1, beta_g2, contributions;
  base::ByteView lagrange_tau_g1, lagrange_tau_g2, lagrange_alpha_tau_g1, lagrange_beta_tau_g1;

 private:
  explicit PtauLayout(Container container) : file(std::move(container)) {}
  base::Status parse_header();
  base::Status find_powers();
  base::Status find_lagrange_bases();
};

}  // namespace zkp::prover::iden3
