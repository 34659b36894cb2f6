#include "prover/circuit/poseidon_parameters.h"

#include <algorithm>
#include <utility>

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kFieldBits = 254;

// The generator of the paper's appendix F: a linear feedback shift register of 80 bits, of which
// only every second bit is used, and only where the bit before it is 1.
class Grain {
 public:
  Grain(std::size_t width, std::size_t partial_rounds) {
    push(1, 2);  // a prime field
    push(0, 4);  // S-box x^5
    push(kFieldBits, 12);
    push(width, 12);
    push(kPoseidonFullRounds, 10);
    push(partial_rounds, 10);
    push((1U << 30) - 1, 30);
    for (int i = 0; i < 160; ++i) step();
  }

  // The next 254 bits, most significant first.
  field::Limbs next_number() {
    field::Limbs number{};
    for (std::size_t i = kFieldBits; i-- > 0;) {
      if (next_bit()) number[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    return number;
  }

 private:
  void push(std::uint64_t value, std::size_t bits) {
    for (std::size_t i = bits; i-- > 0;) shift_in((value >> i) & 1);
  }
  // The oldest bit is bit 79 of the state, so bit b of the paper's sequence is bit 79 - b.
  void shift_in(std::uint64_t bit) { state_ = (state_ << 1 | bit) & kMask; }
  std::uint64_t step() {
    const field::Wide sum =
        state_ >> 79 ^ state_ >> 66 ^ state_ >> 56 ^ state_ >> 41 ^ state_ >> 28 ^ state_ >> 17;
    const std::uint64_t bit = static_cast<std::uint64_t>(sum) & 1;
    shift_in(bit);
    return bit;
  }
  bool next_bit() {
    while (step() == 0) step();
    return step() == 1;
  }

  static constexpr field::Wide kMask = (field::Wide{1} << 80) - 1;
  field::Wide state_ = 0;
};

Vector round_constants(Grain& grain, std::size_t width) {
  Vector constants(width);
  for (Fr& constant : constants) {
    field::Limbs number = grain.next_number();
    while (!field::less_than(number, Fr::kModulus)) number = grain.next_number();
    constant = Fr::from_standard(number);
  }
  return constants;
}

// A Cauchy matrix: entry (i, j) is 1 / (x_i + y_j). The generator's numbers are reduced here, not
// rejected.
Matrix cauchy_matrix(Grain& grain, std::size_t width) {
  Vector seeds(2 * width);
  for (Fr& seed : seeds) {
    seed = Fr::from_standard(field::reduce_once(grain.next_number(), Fr::kModulus));
  }
  Matrix matrix(width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) matrix.at(i, j) = seeds[i] + seeds[width + j];
  }
  Vector scratch(matrix.entries.size());
  field::invert_batch(std::span(matrix.entries), std::span(scratch));
  return matrix;
}

PoseidonParameters make_parameters(std::size_t input_count) {
  const std::size_t width = input_count + 1;
  const std::size_t partial_rounds = kPoseidonPartialRounds[input_count - 1];
  Grain grain(width, partial_rounds);
  std::vector<Vector> constants;
  for (std::size_t i = 0; i < kPoseidonFullRounds + partial_rounds; ++i) {
    constants.push_back(round_constants(grain, width));
  }
  return {.width = width,
          .partial_rounds = partial_rounds,
          .constants = std::move(constants),
          .matrix = cauchy_matrix(grain, width)};
}

template <std::size_t input_count>
const PoseidonParameters& cached_parameters() {
  static const PoseidonParameters parameters = make_parameters(input_count);
  return parameters;
}

}  // namespace

const PoseidonParameters& poseidon_parameters(std::size_t input_count) {
  ZKP_ASSERT(input_count >= 1 && input_count <= kMostPoseidonInputs);
  static constexpr auto kCached = []<std::size_t... i>(std::index_sequence<i...>) {
    return std::array{&cached_parameters<i + 1>...};
  }(std::make_index_sequence<kMostPoseidonInputs>());
  return kCached[input_count - 1]();
}

}  // namespace zkp::prover::circuit
