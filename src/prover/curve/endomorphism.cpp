#include "prover/curve/endomorphism.h"

#include "base/assert.h"
#include "prover/curve/msm_scalars.h"

namespace zkp::prover::curve {
namespace {

// A reduced basis of the pairs (a, b) with a + b lambda = 0 modulo r, from the Euclidean algorithm
// for r and lambda: (_, -kLong) and (_, kShort).
constexpr field::Limbs kLong = {0x8211bbeb7d4f1128, 0x6f4d8248eeb859fc, 0, 0};
constexpr field::Limbs kShort = {0x89d3256894d213e3, 0, 0, 0};
// 2^256 kShort / r and 2^256 kLong / r, rounded down.
constexpr field::Limbs kShortOverR = {0xd91d232ec7e0b3d7, 2, 0, 0};
constexpr field::Limbs kLongOverR = {0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 2, 0};

// a * b / 2^256, rounded down.
field::Limbs upper_half(const field::Limbs& a, const field::Limbs& b) {
  std::uint64_t product[8] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      product[i + j] = field::multiply_add(product[i + j], a[i], b[j], carry);
    }
    product[i + 4] = carry;
  }
  return {product[4], product[5], product[6], product[7]};
}

HalfScalar half_of(const Fr& value) {
  const SignedScalar scalar = signed_of(value.to_standard());
  ZKP_ASSERT(scalar.bits <= 127);
  return {field::Wide{scalar.magnitude[1]} << 64 | scalar.magnitude[0], scalar.negative};
}

}  // namespace

// Rounds (scalar, 0) to the lattice of the basis; what is left of it is short.
HalfScalars split(const Fr& scalar) {
  const field::Limbs standard = scalar.to_standard();
  const Fr of_long = Fr::from_standard(upper_half(standard, kShortOverR));
  const Fr of_short = Fr::from_standard(upper_half(standard, kLongOverR));
  const Fr second = of_long * Fr::from_standard(kLong) - of_short * Fr::from_standard(kShort);
  return {half_of(scalar - second * kLambda), half_of(second)};
}

}  // namespace zkp::prover::curve
