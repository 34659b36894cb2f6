#include "prover/curve/final_exponentiation.h"

#include <array>
#include <bit>

#include "prover/curve/frobenius.h"
#include "prover/curve/hard_part.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

constexpr auto kParameterDigits = below_the_first<non_adjacent_form<63, 4>(kBnParameter)>();
constexpr ParameterDigits kParameter = {kParameterDigits.data(), kParameterDigits.size()};

Fq12 power_of_hard_part(const Fq12& f, const VectorPairing& vector) {
  std::array<RawFq2, 6> factors;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    factors[i] = std::bit_cast<RawFq2>(frobenius_factor(i));
  }
  auto raw = std::bit_cast<RawFq12>(f);
  vector.power_of_hard_part(kParameter.digits, kParameter.count, factors.data(), &raw);
  return std::bit_cast<Fq12>(raw);
}

}  // namespace

Fq12 final_exponentiation(const Fq12& value, const VectorPairing* vector) {
  const Fq12 easy_half = conjugate(value) * inverse(value);    // q^6 - 1
  const Fq12 f = frobenius(frobenius(easy_half)) * easy_half;  // q^2 + 1
  return vector == nullptr ? power_of_hard_part(f, kParameter) : power_of_hard_part(f, *vector);
}

}  // namespace zkp::prover::curve
