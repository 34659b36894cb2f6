#include "prover/iden3/ptau_layout.h"

#include <fmt/format.h>

#include "prover/iden3/points.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

constexpr std::uint32_t kHeader = 1, kLagrangeTauG1 = 12;
constexpr std::size_t kHeaderBytes = kPrimeBytes + 8;  // power, and that of the whole ceremony
constexpr std::uint32_t kMostPower = 28;               // 2^28 divides r - 1

}  // namespace

base::Result<PtauLayout> PtauLayout::parse(base::ByteView bytes, std::uint32_t domain_log) {
  ZKP_TRY(Container container, Container::parse(bytes, kPtauFile));
  PtauLayout layout(std::move(container));
  ZKP_CHECK(layout.parse_header());
  if (domain_log > layout.power) {
    return layout.file.error(
        fmt::format("a ceremony of 2^{}, the circuit needs 2^{}", layout.power, domain_log));
  }
  if (!layout.file.has(kLagrangeTauG1)) {
    return layout.file.error("section 12 is missing: the ceremony is not prepared for phase 2");
  }
  ZKP_CHECK(layout.find_powers());
  ZKP_CHECK(layout.find_lagrange_bases());
  return layout;
}

base::Result<PtauLayout> PtauLayout::parse_whole(base::ByteView bytes) {
  ZKP_TRY(Container container, Container::parse(bytes, kPtauFile));
  PtauLayout layout(std::move(container));
  ZKP_CHECK(layout.parse_header());
  ZKP_CHECK(layout.find_powers());
  ZKP_TRY(layout.tau_g2, layout.file.section(3, kPointBytes<G2Affine> << layout.power));
  ZKP_TRY(layout.contributions, layout.file.section(7));
  if (layout.file.has(kLagrangeTauG1)) ZKP_CHECK(layout.find_lagrange_bases());
  return layout;
}

base::Status PtauLayout::parse_header() {
  ZKP_TRY(const base::ByteView header, file.section(kHeader, kHeaderBytes));
  ZKP_CHECK(check_prime<field::Fq>(file, header.data()));
  power = base::load_le<std::uint32_t>(&header[kPrimeBytes]);
  ceremony_power = base::load_le<std::uint32_t>(&header[kPrimeBytes + 4]);
  if (power > kMostPower) {
    return file.error(fmt::format("a ceremony of 2^{}, want at most 2^{}", power, kMostPower));
  }
  return {};
}

base::Status PtauLayout::find_powers() {
  constexpr std::uint64_t kG1 = kPointBytes<G1Affine>, kG2 = kPointBytes<G2Affine>;
  const std::uint64_t n = std::uint64_t{1} << power;
  ZKP_TRY(tau_g1, file.section(2, (2 * n - 1) * kG1));
  ZKP_TRY(alpha_tau_g1, file.section(4, n * kG1));
  ZKP_TRY(beta_tau_g1, file.section(5, n * kG1));
  ZKP_TRY(beta_g2, file.section(6, kG2));
  return {};
}

base::Status PtauLayout::find_lagrange_bases() {
  constexpr std::uint64_t kG1 = kPointBytes<G1Affine>, kG2 = kPointBytes<G2Affine>;
  const std::uint64_t n = std::uint64_t{1} << power;
  ZKP_TRY(lagrange_tau_g1, file.section(kLagrangeTauG1, (4 * n - 1) * kG1));
  ZKP_TRY(lagrange_tau_g2, file.section(13, (2 * n - 1) * kG2));
  ZKP_TRY(lagrange_alpha_tau_g1, file.section(14, (2 * n - 1) * kG1));
  ZKP_TRY(lagrange_beta_tau_g1, file.section(15, (2 * n - 1) * kG1));
  return {};
}

}  // namespace zkp::prover::iden3
