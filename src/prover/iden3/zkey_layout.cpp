#include "prover/iden3/zkey_layout.h"

#include <bit>

#include <fmt/format.h>

namespace zkp::prover::iden3 {
namespace {

using field::Fq;
using field::Fr;

constexpr std::size_t kHashBytes = 64;  // BLAKE2b-512
// delta after it, the public key (2 points of G1, 1 of G2), transcript, type u32, parameters' size
constexpr std::size_t kContributionBytes =
    3 * kPointBytes<G1Affine> + kPointBytes<G2Affine> + kHashBytes + 4;

}  // namespace

base::Result<ZkeyLayout> ZkeyLayout::parse(base::ByteView bytes) {
  ZKP_TRY(Container container, Container::parse(bytes, kZkeyFile));
  ZkeyLayout layout(std::move(container));
  ZKP_CHECK(layout.parse_header());
  ZKP_CHECK(layout.find_sections());
  ZKP_CHECK(layout.check_contributions());
  return layout;
}

base::Status ZkeyLayout::parse_header() {
  ZKP_TRY(const base::ByteView protocol, file.section(zkey_section::kProtocol, 4));
  if (const auto id = base::load_le<std::uint32_t>(protocol.data()); id != kGroth16) {
    return file.error(fmt::format("protocol {}, want {} (groth16)", id, kGroth16));
  }
  ZKP_TRY(const base::ByteView header, file.section(zkey_section::kHeader, kZkeyHeaderBytes));
  ZKP_CHECK(check_prime<Fq>(file, header.data()));
  ZKP_CHECK(check_prime<Fr>(file, &header[kPrimeBytes]));
  wire_count = base::load_le<std::uint32_t>(&header[2 * kPrimeBytes]);
  public_count = base::load_le<std::uint32_t>(&header[2 * kPrimeBytes + 4]);
  const auto domain_size = base::load_le<std::uint32_t>(&header[2 * kPrimeBytes + 8]);
  header_points = header.subspan(kZkeyNumbersBytes);
  if (public_count >= wire_count) {
    return file.error(fmt::format("header has {} wires, want more than its {} public signals",
                                  wire_count, public_count));
  }
  if (!std::has_single_bit(domain_size) || domain_size >> kMostDomainLog > 1) {
    return file.error(fmt::format("header has a domain of {}, want a power of two, at most 2^{}",
                                  domain_size, kMostDomainLog));
  }
  domain_log = static_cast<std::uint32_t>(std::countr_zero(domain_size));
  return {};
}

base::Status ZkeyLayout::find_sections() {
  constexpr std::uint64_t kG1 = kPointBytes<G1Affine>, kG2 = kPointBytes<G2Affine>;
  const std::uint64_t wires = wire_count, publics = std::uint64_t{public_count} + 1;
  ZKP_TRY(ic, file.section(zkey_section::kIc, publics * kG1));
  ZKP_TRY(a, file.section(zkey_section::kA, wires * kG1));
  ZKP_TRY(b1, file.section(zkey_section::kB1, wires * kG1));
  ZKP_TRY(b2, file.section(zkey_section::kB2, wires * kG2));
  ZKP_TRY(c, file.section(zkey_section::kC, (wires - publics) * kG1));
  ZKP_TRY(h, file.section(zkey_section::kH, kG1 << domain_log));

  ZKP_TRY(coefficients, file.section(zkey_section::kCoefficients));
  if (coefficients.size() < 4) {
    return file.error(fmt::format("section 4 has {} bytes, want at least 4", coefficients.size()));
  }
  coefficient_count = base::load_le<std::uint32_t>(coefficients.data());
  ZKP_CHECK(file.section(zkey_section::kCoefficients,
                         4 + std::uint64_t{coefficient_count} * kZkeyTermBytes));
  coefficients = coefficients.subspan(4);
  ZKP_TRY(contributions, file.section(zkey_section::kContributions));
  return {};
}

ZkeyTerm ZkeyLayout::term(std::size_t index) const {
  const std::uint8_t* from = &coefficients[index * kZkeyTermBytes];
  return {base::load_le<std::uint32_t>(from), base::load_le<std::uint32_t>(from + 4),
          base::load_le<std::uint32_t>(from + 8), from + 12};
}

base::Status ZkeyLayout::check_term(const ZkeyTerm& term, std::size_t index) const {
  const std::uint32_t row_count = 1U << domain_log;
  if (term.matrix > 1 || term.row >= row_count || term.wire >= wire_count) {
    return file.error(
        fmt::format("coefficient {} is at matrix {}, row {}, wire {}, want below 2, {}, {}", index,
                    term.matrix, term.row, term.wire, row_count, wire_count));
  }
  if (!field::less_than(load_limbs(term.coefficient), Fr::kModulus)) {
    return file.error(fmt::format("coefficient {} is not below the prime", index));
  }
  return {};
}

std::uint32_t ZkeyLayout::contribution_count() const {
  return base::load_le<std::uint32_t>(&contributions[kHashBytes]);
}

// That the records fill the section; what they claim is checked where a set-up is verified.
base::Status ZkeyLayout::check_contributions() const {
  if (contributions.size() < kHashBytes + 4) {
    return file.error(fmt::format("section 10 has {} bytes, want at least {}", contributions.size(),
                                  kHashBytes + 4));
  }
  const std::uint32_t count = contribution_count();
  base::ByteView rest = contributions.subspan(kHashBytes + 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < kContributionBytes + 4) {
      return file.error(fmt::format("section 10 has {} bytes left for contribution {}, want {}",
                                    rest.size(), i, kContributionBytes + 4));
    }
    const auto parameters = base::load_le<std::uint32_t>(&rest[kContributionBytes]);
    rest = rest.subspan(kContributionBytes + 4);
    if (parameters > rest.size()) {
      return file.error(
          fmt::format("section 10 has {} bytes left for the parameters of contribution {}, want {}",
                      rest.size(), i, parameters));
    }
    rest = rest.subspan(parameters);
  }
  if (!rest.empty()) {
    return file.error(
        fmt::format("section 10 has {} bytes after its last contribution", rest.size()));
  }
  return {};
}

}  // namespace zkp::prover::iden3
