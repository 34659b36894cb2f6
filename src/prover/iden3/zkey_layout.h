#pragma once

#include "prover/groth16/keys.h"
#include "prover/iden3/container.h"
#include "prover/iden3/points.h"
#include "prover/iden3/prime.h"

// The sections of a .zkey v1 of Groth16, and what its header says of their sizes.
namespace zkp::prover::iden3 {

namespace zkey_section {
inline constexpr std::uint32_t kProtocol = 1, kHeader = 2, kIc = 3, kCoefficients = 4, kA = 5,
                               kB1 = 6, kB2 = 7, kC = 8, kH = 9, kContributions = 10;
inline constexpr std::uint32_t kCount = 10;
}  // namespace zkey_section

inline constexpr std::uint32_t kGroth16 = 1;  // the content of section 1
inline constexpr std::size_t kZkeyNumbersBytes = 2 * kPrimeBytes + 3 * 4;
inline constexpr std::size_t kZkeyHeaderBytes =
    kZkeyNumbersBytes + 3 * kPointBytes<G1Affine> + 3 * kPointBytes<G2Affine>;
// matrix (0 is A, 1 is B) u32, row u32, wire u32, coefficient
inline constexpr std::size_t kZkeyTermBytes = 3 * 4 + 32;
// The prover's cosets end where the domain of twice the size does: 2^28.
inline constexpr std::uint32_t kMostDomainLog = 27;

// An entry of section 4 where it stands.
struct ZkeyTerm {
  std::uint32_t matrix, row, wire;
  const std::uint8_t* coefficient;
};

// An opened .zkey: the numbers of its header, and its sections, which have the sizes that those
// numbers ask for. Nothing has been allocated. Views into the file's bytes.
struct ZkeyLayout {
  static base::Result<ZkeyLayout> parse(base::ByteView bytes);

  Container file;
  std::uint32_t wire_count = 0, public_count = 0, domain_log = 0, coefficient_count = 0;
  base::ByteView header_points;  // alpha1, beta1, beta2, gamma2, delta1, delta2
  base::ByteView ic, coefficients, a, b1, b2, c, h;
  base::ByteView contributions;  // csHash (64 bytes), count u32 and that many records

  // REQUIRES: index < coefficient_count.
  [[nodiscard]] ZkeyTerm term(std::size_t index) const;
  // Its place is in the matrices, and its coefficient below the prime.
  [[nodiscard]] base::Status check_term(const ZkeyTerm& term, std::size_t index) const;
  [[nodiscard]] std::uint32_t contribution_count() const;

 private:
  explicit ZkeyLayout(Container container) : file(std::move(container)) {}
  base::Status parse_header();
  base::Status find_sections();
  base::Status check_contributions() const;
};

}  // namespace zkp::prover::iden3
