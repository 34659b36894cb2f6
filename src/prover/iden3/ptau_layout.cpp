#include "prover/iden3/ptau_layout.h"

#include <fmt/format.h>

#include "prover/iden3/points.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

constexpr std::uint32_t kHeader = 1;
constexpr std::size_t kHeaderBytes = kPrimeBytes + 8;  // power, and that of the whole ceremony
constexpr std::uint32_t kMostPower = 28;               // 2^28 divides r - 1

}  // namespace

base::Result<PtauLayout> PtauLayout::parse(base::ByteView bytes, std::uint32_t domain_log) {
  ZKP_TRY(Container container, Container::parse(bytes, kPtauFile));
  PtauLayout layout(std::move(container));
  ZKP_CHECK(layout.parse_header(domain_log));
  ZKP_CHECK(layout.find_sections());
  return layout;
}

base::Status PtauLayout::parse_header(std::uint32_t domain_log) {
  ZKP_TRY(const base::ByteView header, file.section(kHeader, kHeaderBytes));
  ZKP_CHECK(check_prime<field::Fq>(file, header.data()));
  power = base::load_le<std::uint32_t>(&header[kPrimeBytes]);
  if (power > kMostPower) {
    return file.error(fmt::format("a ceremony of 2^{}, want at most 2^{}", power, kMostPower));
  }
  if (domain_log > power) {
    return file.error(fmt::format("a ceremony of 2^{}, the circuit needs 2^{}", power, domain_log));
  }
  return {};
}

base::Status PtauLayout::find_sections() {
  constexpr std::uint64_t kG1 = kPointBytes<G1Affine>, kG2 = kPointBytes<G2Affine>;
  if (!file.has(12)) {
    return file.error("section 12 is missing: the ceremony is not prepared for phase 2");
  }
  const std::uint64_t n = std::uint64_t{1} << power;
  ZKP_TRY(tau_g1, file.section(2, (2 * n - 1) * kG1));
  ZKP_TRY(alpha_tau_g1, file.section(4, n * kG1));
  ZKP_TRY(beta_tau_g1, file.section(5, n * kG1));
  ZKP_TRY(beta_g2, file.section(6, kG2));
  ZKP_TRY(lagrange_tau_g1, file.section(12, (4 * n - 1) * kG1));
  ZKP_TRY(lagrange_tau_g2, file.section(13, (2 * n - 1) * kG2));
  ZKP_TRY(lagrange_alpha_tau_g1, file.section(14, (2 * n - 1) * kG1));
  ZKP_TRY(lagrange_beta_tau_g1, file.section(15, (2 * n - 1) * kG1));
  return {};
}

}  // namespace zkp::prover::iden3
