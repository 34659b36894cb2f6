#include "prover/curve/square_root.h"

namespace zkp::prover::curve {

// q is 3 modulo 4: value^((q + 1) / 4).
std::optional<Fq> square_root(const Fq& value) {
  constexpr field::Limbs kExponent = [] {
    field::Limbs exponent = Fq::kModulus;
    ++exponent[0];
    for (std::size_t i = 0; i < 4; ++i) {
      exponent[i] = exponent[i] >> 2 | (i < 3 ? exponent[i + 1] << 62 : 0);
    }
    return exponent;
  }();
  const Fq root = value.power(kExponent);
  if (root.squared() != value) return std::nullopt;
  return root;
}

// By the norm: c0^2 is half of c0 of the value plus or minus the norm's root.
std::optional<Fq2> square_root(const Fq2& value) {
  static constexpr Fq kHalf = Fq::from_u64(2).inverse();
  const auto norm_root = square_root(value.c0.squared() + value.c1.squared());
  if (!norm_root) return std::nullopt;
  for (const Fq& root : {*norm_root, -*norm_root}) {
    const auto c0 = square_root((value.c0 + root) * kHalf);
    if (!c0) continue;
    const auto c1 = c0->is_zero() ? square_root(-value.c0) : value.c1 * kHalf * c0->inverse();
    if (!c1) continue;
    const Fq2 candidate = {*c0, *c1};
    if (candidate.squared() == value) return candidate;
  }
  return std::nullopt;
}

}  // namespace zkp::prover::curve
