#include "prover/curve/frobenius.h"

#include <array>

namespace zkp::prover::curve {
namespace {

std::array<Fq2, 6> frobenius_factors() {
  constexpr field::Limbs kExponent = [] {  // (q - 1) / 6; 6 divides q - 1
    field::Limbs quotient = Fq::kModulus;
    field::Wide remainder = 0;
    for (std::size_t i = quotient.size(); i-- > 0;) {
      const field::Wide dividend = remainder << 64 | quotient[i];
      quotient[i] = static_cast<std::uint64_t>(dividend / 6);
      remainder = dividend % 6;
    }
    return quotient;
  }();
  constexpr Fq2 kNonResidue = Fq2::one().times_non_residue();
  Fq2 factor = Fq2::one();
  for (std::size_t i = 256; i-- > 0;) {
    factor = factor.squared();
    if (field::bit_of(kExponent, i)) factor *= kNonResidue;
  }
  std::array<Fq2, 6> powers = {Fq2::one()};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * factor;
  return powers;
}

}  // namespace

const Fq2& frobenius_factor(std::size_t i) {
  static const std::array<Fq2, 6> kFactors = frobenius_factors();
  return kFactors[i];
}

// A point of the twist is (x w^2, y w^3) on the curve over Fq12.
G2Affine frobenius(const G2Affine& p) {
  return {p.x.conjugate() * frobenius_factor(2), p.y.conjugate() * frobenius_factor(3)};
}

G2 frobenius(const G2& p) {
  return {p.x.conjugate() * frobenius_factor(2), p.y.conjugate() * frobenius_factor(3),
          p.z.conjugate()};
}

}  // namespace zkp::prover::curve
