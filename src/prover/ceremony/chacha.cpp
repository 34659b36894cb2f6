#include "prover/ceremony/chacha.h"

#include <bit>

#include "base/assert.h"
#include "base/secret.h"
#include "prover/curve/square_root.h"

namespace zkp::prover::ceremony {
namespace {

using curve::Fq;
using curve::Fq2;
using field::Limbs;

using Block = std::array<std::uint32_t, 16>;

void quarter_round(Block& block, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  block[a] += block[b];
  block[d] = std::rotl(block[d] ^ block[a], 16);
  block[c] += block[d];
  block[b] = std::rotl(block[b] ^ block[c], 12);
  block[a] += block[b];
  block[d] = std::rotl(block[d] ^ block[a], 8);
  block[c] += block[d];
  block[b] = std::rotl(block[b] ^ block[c], 7);
}

// The drawn integer is taken for an element's Montgomery form.
template <class Field>
Field draw_element(ChaCha& generator) {
  constexpr std::uint64_t kTopBits = (std::uint64_t{1} << 62) - 1;  // the primes have 254 bits
  Limbs limbs;
  do {
    for (std::uint64_t& limb : limbs) limb = generator.next_u64();
    limbs[3] &= kTopBits;
  } while (!field::less_than(limbs, Field::kModulus));
  return Field{limbs};
}

void draw(ChaCha& generator, Fq& value) { value = draw_element<Fq>(generator); }
void draw(ChaCha& generator, Fq2& value) {
  value.c0 = draw_element<Fq>(generator);
  value.c1 = draw_element<Fq>(generator);
}

// Above (q - 1) / 2; of Fq2 by its coordinate of u, if that is not 0.
bool is_negative(const Fq& value) {
  constexpr Limbs kHalf = [] {
    Limbs half{};
    for (std::size_t i = 0; i < 4; ++i) {
      half[i] = Fq::kModulus[i] >> 1 | (i < 3 ? Fq::kModulus[i + 1] << 63 : 0);
    }
    return half;
  }();
  return field::less_than(kHalf, value.to_standard());
}
bool is_negative(const Fq2& value) { return is_negative(value.c1.is_zero() ? value.c0 : value.c1); }

// A point of the curve: an x and a sign, until there is a y.
template <class Params>
curve::AffinePoint<Params> draw_curve_point(ChaCha& generator) {
  while (true) {
    typename Params::Coordinate x;
    draw(generator, x);
    const bool negative = (generator.next_u32() & 1) != 0;
    const auto y = curve::square_root(x.squared() * x + Params::b());
    if (y) return {x, is_negative(*y) == negative ? *y : -*y};
  }
}

}  // namespace

ChaCha::ChaCha(std::span<const std::uint8_t> seed)
    : state_{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574} {  // "expand 32-byte k"
  ZKP_ASSERT(seed.size() >= kSeedBytes);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t byte = 0; byte < 4; ++byte) {
      state_[4 + i] = state_[4 + i] << 8 | seed[4 * i + byte];
    }
  }
}

ChaCha::~ChaCha() {
  base::wipe(&state_, sizeof(state_));
  base::wipe(&block_, sizeof(block_));
}

std::uint32_t ChaCha::next_u32() {
  if (used_ == block_.size()) refill();
  return block_[used_++];
}

std::uint64_t ChaCha::next_u64() {
  const std::uint64_t upper = next_u32();
  return upper << 32 | next_u32();
}

void ChaCha::refill() {
  block_ = state_;
  for (int i = 0; i < 10; ++i) {
    for (std::size_t column = 0; column < 4; ++column) {
      quarter_round(block_, column, 4 + column, 8 + column, 12 + column);
    }
    for (std::size_t column = 0; column < 4; ++column) {
      quarter_round(block_, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4,
                    12 + (column + 3) % 4);
    }
  }
  for (std::size_t i = 0; i < block_.size(); ++i) block_[i] += state_[i];
  for (std::size_t i = 12; i < 16 && ++state_[i] == 0; ++i) {
  }
  used_ = 0;
}

field::Fr ChaCha::draw_scalar() { return draw_element<field::Fr>(*this); }

curve::G1Affine ChaCha::draw_g1() { return draw_curve_point<curve::G1Params>(*this); }

curve::G2Affine ChaCha::draw_g2() {
  constexpr Limbs kCofactor = {0x345f2299c0f9fa8d, 0x06ceecda572a2489, 0xb85045b68181585e,
                               0x30644e72e131a029};  // 2 q - r
  const auto point = draw_curve_point<curve::G2Params>(*this);
  return curve::G2::from_affine(point).times(kCofactor).to_affine();
}

}  // namespace zkp::prover::ceremony
